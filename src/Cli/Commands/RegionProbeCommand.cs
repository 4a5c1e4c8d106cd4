using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;

namespace MiniGrad.Cli.Commands;

/// <summary>A command that measures regions of classes, for which single images are not enough, into a run folder.</summary>
internal abstract class RegionProbeCommand : CliCommand
{
    private const int UsualImages = 1000;

    private readonly ModelOptions model = new();
    private readonly ProbeImageOptions images = new(UsualImages);
    private readonly RunOptions runs;

    protected RegionProbeCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        images.AddTo(this);
        runs = new(info.Name);
        runs.AddTo(this);
    }

    /// <summary>The study of regions asks for double precision.</summary>
    protected override DType UsualPrecision => DType.F64;

    /// <summary>The settings, checked before anything is loaded: the key and the value of each stand in the run's identity.</summary>
    protected abstract JsonObject Configure(ParseResult parse);

    /// <summary>
    /// Chooses what will be measured, before a folder is made, so that images that will not do leave none; returns how many lines that
    /// will be.
    /// </summary>
    protected abstract int Prepare(Classifier classifier, ProbeImages input, long seed);

    /// <summary>Measures; returns what the summary holds, a "text" among it, and the page; nothing of a shard.</summary>
    protected abstract (JsonObject Found, Func<ReproduceSection, string> Html)? Measure(
        Classifier classifier, ProbeImages input, OpenRun open, long seed);

    protected sealed override int Execute(ParseResult parse, RunSettings settings)
    {
        long seed = settings.Seed ?? 0;
        JsonObject configuration = Configure(parse);
        LoadedModel loaded = model.Load(parse, settings, Session, stored => images.ImageShape(parse, stored));
        ImageDataSet set = images.Set(parse, loaded, Session);
        ProbeImages input = images.Read(parse, set, settings.Precision);
        Classifier classifier = new(settings.Precision == DType.F32 ? loaded.Network : new CastNetwork(loaded.Network, settings.Precision))
        {
            Notes = Session.Notes,
        };
        int lines = Prepare(classifier, input, seed);
        JsonObject identity = new() { ["probe"] = Name };
        identity.Add(configuration);
        loaded.Identify(identity);
        identity["data_sha256"] = input.Hash;
        settings.Identify(identity, seed);
        using OpenRun open = runs.Open(parse, Session, settings, $"probe {Name}", identity,
            new() { ["indices"] = JsonText.Array(input.Indices) }, seed, lines);
        if (open.Folder is not { } folder) return Answer(settings, open);
        if (folder.IsComplete)
        {
            Session.Note($"{folder.Path} is complete already.");
            return Outcome(settings, folder, folder.ReadSummary());
        }
        if (Measure(classifier, input, open, seed) is not (JsonObject found, { } html)) return Answer(settings, open);
        JsonObject summary = new() { ["schema"] = RunFolder.Schema, ["probe"] = Name };
        summary.Add(configuration);
        summary["images"] = input.Count;
        summary.Add(found);
        loaded.Describe(summary);
        summary["data"] = input.Description;
        summary["data_sha256"] = input.Hash;
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)], [
                ("weights", loaded.Sha256), ("data", input.Hash)]);
        OutputFile.WriteText(folder.File("report.html"), html(reproduce));
        DescribeTransfers(settings, summary);
        folder.WriteSummary(summary);
        open.Merging?.RemoveAttempts();
        return Outcome(settings, folder, summary);
    }

    private int Outcome(RunSettings settings, RunFolder folder, JsonObject summary) =>
        Answer(settings, summary, $"{summary["text"]}\nreport: {folder.File("report.html")}");
}
