using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Topology;
using MiniGrad.Probes;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Cli.Commands;

/// <summary><c>probe convexity</c>: convex combinations of images of one class, into a run folder.</summary>
internal sealed class ProbeConvexityCommand : RegionProbeCommand
{
    private readonly Option<int?> draws = CliOption.Whole(
        "--draws", "Combinations of each size, for each class; 1000 by default.", 1, 1_000_000);
    private readonly Option<int[]?> sizes = CliOption.Wholes(
        "--sizes", "Images in a combination; 2,3,5,10,20,50 by default.");

    private RegionConvexity probe = new();
    private LinearControl? control;

    public ProbeConvexityCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[draws, sizes]) Add(option);
    }

    protected override JsonObject Configure(ParseResult parse)
    {
        probe = new RegionConvexity(parse.GetValue(draws) ?? probe.Draws) { Sizes = parse.List(sizes) ?? probe.Sizes };
        probe.Check();
        return new() { ["configuration"] = probe.ToString() };
    }

    protected override int Prepare(Classifier classifier, ProbeImages input, long seed)
    {
        control = LinearControl.Of(input.Images, input.Labels);
        return classifier.ClassCount + control.Classes.Count;
    }

    protected override (JsonObject Found, Func<ReproduceSection, string> Html)? Measure(
        Classifier classifier, ProbeImages input, OpenRun open, long seed)
    {
        ConvexityRun run = new(probe, classifier, control!, input, open.Folder!, seed) { Range = open.Range };
        Finish(run, chunk: 1, open);
        if (open.Shards is not null) return null;
        ConvexityPage page = new(probe, input, run.Of(ConvexityLine.OfNetwork), run.Of(ConvexityLine.OfControl), control!.Accuracy);
        JsonObject found = page.ToJson();
        found["text"] = page.Text();
        return (found, page.Html);
    }
}
