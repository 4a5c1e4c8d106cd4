using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Runs;

namespace MiniGrad.Cli.Commands;

/// <summary>A command that runs a published study again, part after part in one folder, and writes its page and its claims.</summary>
internal abstract class StudyCommand : CliCommand
{
    private readonly string usualData;
    private readonly Option<string?> presetName;
    private readonly Option<string?> dataName;
    private readonly Option<string?> outFolder;
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the study in that folder.");
    private readonly DataOptions data = new();

    /// <param name="session">What the command talks to.</param>
    /// <param name="globals">The options of every command.</param>
    /// <param name="info">The name of the study with its help.</param>
    /// <param name="presets">How much of it can be run.</param>
    /// <param name="dataSets">The data sets it can be run on, the usual one first.</param>
    protected StudyCommand(
        Session session, GlobalOptions globals, CommandInfo info, IReadOnlyList<string> presets, params IReadOnlyList<string> dataSets)
        : base(session, globals, info)
    {
        presetName = CliOption.Choice(
            "--preset", "How much of it: small (minutes), lite (up to an hour) or full; lite by default.", [.. presets]);
        string names = $"{string.Join(", ", dataSets.SkipLast(1))} or {dataSets[^1]}";
        dataName = CliOption.Choice("--data", $"The images: {names}; {dataSets[0]} by default.", [.. dataSets]);
        outFolder = CliOption.Text("--out", $"The folder of the study; {UsualFolder} by default.", "folder");
        usualData = dataSets[0];
        foreach (Option option in (Option[])[presetName, dataName, outFolder, resume]) Add(option);
        data.AddTo(this, withName: false);
    }

    private string UsualFolder => Path.Combine("runs", $"reproduce-{Name}");

    /// <summary>Names networks besides those of the study.</summary>
    protected static Option<string[]?> AlsoOption() => CliOption.Texts("--also", "Another network in the tables: a file of weights, or the "
        + "name of shipped ones; NETWORK=FILE where the file does not say what it is. May be given several times.", "weights");

    /// <summary>The test images of a data set.</summary>
    protected virtual ImageDataSet Images(string dataSet, string? dataFolder) =>
        new DataSource(dataSet) { DataFolder = dataFolder }.Load();

    /// <summary>Loads what the study stands on.</summary>
    protected abstract Study Prepare(ParseResult parse, RunSettings settings, StudyRequest request);

    protected sealed override int Execute(ParseResult parse, RunSettings settings)
    {
        if (settings.Precision != DType.F32)
        {
            throw new UsageException($"reproduce {Name}: it computes in f32, as its networks were trained. Leave --precision out.");
        }
        string dataSet = parse.GetValue(dataName) ?? usualData;
        string path = parse.GetValue(outFolder) ?? UsualFolder;
        string? dataFolder = data.Folder(parse);
        Study study = Prepare(parse, settings, new(parse.GetValue(presetName) ?? "lite", dataSet,
            Images(dataSet, dataFolder), dataFolder, settings.Seed ?? 0));
        JsonObject identity = new()
        {
            ["study"] = study.Name,
            ["preset"] = study.Preset,
        };
        identity.Add(study.Identity);
        settings.Identify(identity, study.Seed);
        using RunFolder folder = RunFolder.Open(path,
            RunManifest.Create(Session, settings, $"reproduce {Name}", identity, study.Seed), parse.GetValue(resume));
        if (folder.IsComplete)
        {
            Session.Note($"{path} is complete already.");
            JsonObject former = folder.ReadSummary();
            return Answer(settings, former, Sentence(former));
        }
        ProgressLine line = new(Session);
        try
        {
            JsonObject summary = Run(study, settings, folder, line);
            return Answer(settings, summary, Sentence(summary));
        }
        catch (OperationCanceledException)
        {
            line.End();
            throw new OperationCanceledException(
                $"stopped; the parts that were finished are kept in {path}. Go on with: {Session.ResumeLine}");
        }
    }

    private JsonObject Run(Study study, RunSettings settings, RunFolder folder, ProgressLine line)
    {
        Stopwatch clock = Stopwatch.StartNew();
        StudyOutcome outcome = study.Run(new(folder.Path, line, Session.Cancellation));
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), study.Seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)], study.Hashes);
        OutputFile.WriteText(folder.File("report.html"), outcome.Page(reproduce).ToHtml());
        foreach ((string name, string text) in outcome.Files) OutputFile.WriteText(folder.File(name), text);
        JsonObject summary = new()
        {
            ["schema"] = RunFolder.Schema,
            ["study"] = study.Name,
            ["preset"] = study.Preset,
            ["data"] = study.Data.Name,
        };
        summary.Add(outcome.Facts);
        summary["resumed"] = folder.IsResumed;
        summary["seconds"] = clock.Elapsed.TotalSeconds;
        summary["networks"] = outcome.Networks;
        summary["claims"] = new JsonArray([.. outcome.Claims.Select(claim => claim.ToJson())]);
        summary["report"] = folder.File("report.html");
        folder.WriteSummary(summary);
        return summary;
    }

    private static string Sentence(JsonObject summary)
    {
        IEnumerable<string> claims =
            summary["claims"]!.AsArray().Select(claim => $"{claim!["verdict"]}: {claim["claim"]} {claim["numbers"]}");
        return $"{string.Join('\n', claims)}\nreport: {summary["report"]} "
            + $"({summary["seconds"]!.GetValue<double>().ToString("F0", CultureInfo.InvariantCulture)} s)";
    }
}

/// <summary>What of a study was asked for.</summary>
/// <param name="Preset">How much of it.</param>
/// <param name="DataSet">The name of the data set as typed.</param>
/// <param name="Images">Its test images.</param>
/// <param name="DataFolder">The folder of the data sets, if one was named.</param>
/// <param name="Seed">Of all random numbers.</param>
internal sealed record StudyRequest(string Preset, string DataSet, ImageDataSet Images, string? DataFolder, long Seed);
