using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Regions;
using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Cli.Commands;

/// <summary><c>probe star</c>: straight lines from images to where walks from them ended, into a run folder.</summary>
internal sealed class ProbeStarCommand : RegionProbeCommand
{
    private const int UsualSources = 10;
    private const int UsualTargets = 5;

    private readonly Option<string?> walk = CliOption.Text("--attack",
        "The walks: lst or nspgd, and behind a colon what is not as usual, as lst:iterations=100,confidence-drop=0.1; lst by default.",
        "name[:option=value,...]");
    private readonly Option<int?> sourceCount = CliOption.Whole("--sources",
        $"Images that are walked from, the first that are classified right; {UsualSources} by default.", 1, 1_000_000);
    private readonly Option<int?> targetCount = CliOption.Whole("--targets",
        $"Images of other classes that each is walked towards; {UsualTargets} by default.", 1, 1000);
    private readonly Option<double?> allowed = CliOption.Real("--drop",
        "How far below the source's confidence the region goes; that of the walks by default.", 0, above: true);
    private readonly Option<int?> pointCount = CliOption.Whole("--points", "Random points of a simplex; 1000 by default.", 1, 10_000_000);

    private StarSettings settings = new(new Lst(), 0.2);
    private (int Sources, int Targets) wanted;
    private (int Source, int[] Targets)[] pairs = [];

    public ProbeStarCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[walk, sourceCount, targetCount, allowed, pointCount]) Add(option);
    }

    /// <summary>Walks are those of the attack command.</summary>
    protected override DType UsualPrecision => DType.F32;

    protected override JsonObject Configure(ParseResult parse)
    {
        Traversal attack = Walk(parse.GetValue(walk) ?? "lst");
        double drop = parse.GetValue(allowed) ?? attack.ConfidenceDrop;
        if (drop >= 1) throw new UsageException($"--drop: {drop} must be below 1, the largest confidence.");
        settings = new(attack, drop);
        settings = settings with { Points = parse.GetValue(pointCount) ?? settings.Points };
        wanted = (parse.GetValue(sourceCount) ?? UsualSources, parse.GetValue(targetCount) ?? UsualTargets);
        return new()
        {
            ["configuration"] = attack.Identity(),
            ["sources"] = wanted.Sources,
            ["targets"] = wanted.Targets,
            ["drop"] = settings.Drop,
            ["points"] = settings.Points,
        };
    }

    protected override int Prepare(Classifier classifier, ProbeImages input, long seed)
    {
        int[] predicted = RegionPairs.Predicted(classifier, input.Images, new() { ChunkSize = 256, Cancellation = Session.Cancellation });
        pairs = StarPairs.Choose(input, predicted, wanted.Sources, wanted.Targets, seed);
        return pairs.Length;
    }

    protected override (JsonObject Found, Func<ReproduceSection, string> Html)? Measure(
        Classifier classifier, ProbeImages input, OpenRun open, long seed)
    {
        StarRun run = new(settings, classifier, input, pairs, open.Folder!, seed) { Range = open.Range };
        Finish(run, run.Chunk, open);
        if (open.Shards is not null) return null;
        StarPage page = new(settings, input, run.Rows);
        JsonObject found = page.ToJson();
        found["text"] = page.Text();
        List<IReportPart> figures = [];
        if (run.Rows.FirstOrDefault(row => row.Walked.Count > 0) is { } shown)
        {
            StarWalks walks = run.Walks(shown.Index, Session.Cancellation);
            StarShape star = run.Shape(walks);
            figures.Add(StarFigures.Of(walks, star, input, classifier, settings.Drop));
        }
        return (found, reproduce => page.Html(figures, reproduce));
    }

    private static Traversal Walk(string text)
    {
        (string name, Dictionary<string, string> values) = NamedAttack.Split("probe star", text);
        AttackEntry entry = AttackCatalog.Find(name);
        if (AttackBinder.Bind(entry, values) is Traversal attack) return attack;
        string[] known = [.. AttackCatalog.All.Where(e => e.Type.IsAssignableTo(typeof(Traversal))).Select(e => e.Name)];
        throw new UsageException(
            $"probe star: --attack {name} does not walk from image to image. Take one of {string.Join(", ", known)}.");
    }
}
