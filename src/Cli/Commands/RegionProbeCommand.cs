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
    private readonly Option<string?> outFolder;
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the run in that folder.");

    protected RegionProbeCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        model.AddTo(this);
        images.AddTo(this);
        outFolder = CliOption.Text("--out", $"The run folder; runs/{info.Name} by default.", "folder");
        foreach (Option option in (Option[])[outFolder, resume]) Add(option);
    }

    /// <summary>The study of regions asks for double precision.</summary>
    protected override DType UsualPrecision => DType.F64;

    /// <summary>The settings, checked before anything is loaded: the key and the value of each stand in the run's identity.</summary>
    protected abstract JsonObject Configure(ParseResult parse);

    /// <summary>Chooses what will be measured, before a folder is made, so that images that will not do leave none.</summary>
    protected abstract void Prepare(Classifier classifier, ProbeImages input, long seed);

    /// <summary>Measures; returns what the summary holds, a "text" among it, and the page.</summary>
    protected abstract (JsonObject Found, Func<ReproduceSection, string> Html) Measure(
        Classifier classifier, ProbeImages input, RunFolder folder, long seed, string path);

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
        Prepare(classifier, input, seed);
        JsonObject identity = new() { ["probe"] = Name };
        identity.Add(configuration);
        loaded.Identify(identity);
        identity["data_sha256"] = input.Hash;
        identity["indices"] = JsonText.Array(input.Indices);
        settings.Identify(identity, seed);
        string path = parse.GetValue(outFolder) ?? Path.Combine("runs", Name);
        using RunFolder folder = RunFolder.Open(path,
            RunManifest.Create(Session, settings, $"probe {Name}", identity, seed), parse.GetValue(resume));
        if (folder.IsComplete)
        {
            Session.Note($"{path} is complete already.");
            return Outcome(settings, folder, folder.ReadSummary());
        }
        (JsonObject found, Func<ReproduceSection, string> html) = Measure(classifier, input, folder, seed, path);
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
        return Outcome(settings, folder, summary);
    }

    private int Outcome(RunSettings settings, RunFolder folder, JsonObject summary) =>
        Answer(settings, summary, $"{summary["text"]}\nreport: {folder.File("report.html")}");
}
