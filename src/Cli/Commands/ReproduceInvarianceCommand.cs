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
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>reproduce invariance</c>: the study of excessive invariance on networks of our own, its numbers beside ours, as one report.
/// </summary>
internal sealed class ReproduceInvarianceCommand : CliCommand
{
    private readonly Option<string?> presetName = CliOption.Choice(
        "--preset", "How much of it: small (minutes), lite (up to an hour) or full; lite by default.", [.. InvariancePreset.Names]);
    private readonly Option<string?> dataName = CliOption.Choice(
        "--data", "The images: mnist or cifar-10; mnist by default.", "mnist", "cifar-10");
    private readonly Option<string?> outFolder = CliOption.Text(
        "--out", "The folder of the study; runs/reproduce-invariance by default.", "folder");
    private readonly Option<bool> resume = CliOption.Flag("--resume", "Go on with the study in that folder.");
    private readonly DataOptions data = new();

    public ReproduceInvarianceCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        foreach (Option option in (Option[])[presetName, dataName, outFolder, resume]) Add(option);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        if (settings.Precision != DType.F32)
        {
            throw new UsageException("reproduce invariance: it computes in f32, as its networks were trained. Leave --precision out.");
        }
        InvariancePreset preset = InvariancePreset.Find(parse.GetValue(presetName) ?? "lite");
        string dataSet = parse.GetValue(dataName) ?? "mnist";
        string path = parse.GetValue(outFolder) ?? Path.Combine("runs", "reproduce-invariance");
        ImageDataSet images = new DataSource(dataSet) { DataFolder = data.Folder(parse) }.Load();
        PerceptualMetric metric = PerceptualMetric.Find(
            data.Folder(parse), dataSet == "mnist" ? "lenet5-mnist" : "resnet20-cifar", settings.Device);
        if (!metric.IsStandard) Session.Note($"no SqueezeNet 1.1 in the data folder: measures the {metric.Title}.");
        InvarianceSetting setting = new(images, InvarianceSubject.All(dataSet, settings.Device), metric, settings.Seed ?? 0);
        JsonObject identity = new()
        {
            ["study"] = "invariance",
            ["preset"] = preset.Name,
            ["weights_sha256"] = JsonText.Array(setting.Subjects.Select(s => s.Sha256)),
            ["controls_sha256"] = JsonText.Array(InvarianceStudy.ControlWeights(images).Select(weights =>
                ShippedWeights.Load("reproduce invariance", weights).Record.Sha256)),
            ["metric"] = metric.Name,
            ["metric_sha256"] = metric.Sha256,
            ["data_sha256"] = images.Sha256,
        };
        settings.Identify(identity, setting.Seed);
        using RunFolder folder = RunFolder.Open(path,
            RunManifest.Create(Session, settings, "reproduce invariance", identity, setting.Seed), parse.GetValue(resume));
        if (folder.IsComplete)
        {
            Session.Note($"{path} is complete already.");
            JsonObject former = folder.ReadSummary();
            return Answer(settings, former, Sentence(former));
        }
        ProgressLine line = new(Session);
        try
        {
            JsonObject summary = Run(setting, preset, settings, folder, line);
            return Answer(settings, summary, Sentence(summary));
        }
        catch (OperationCanceledException)
        {
            line.End();
            throw new OperationCanceledException(
                $"stopped; the parts that were finished are kept in {path}. Go on with: {Session.ResumeLine}");
        }
    }

    private JsonObject Run(InvarianceSetting setting, InvariancePreset preset, RunSettings settings, RunFolder folder, ProgressLine line)
    {
        Stopwatch clock = Stopwatch.StartNew();
        StudyParts parts = new(folder.Path, line, Session.Cancellation);
        InvarianceResult result = new InvarianceStudy(setting, preset, parts, line, Session.Cancellation).Run();
        ReportSection? twoLayer = null;
        if (setting.Data.Channels == 1)
        {
            (Network mlp, _) = ShippedWeights.Load("reproduce invariance", "mlp-mnist", device: settings.Device);
            twoLayer = TwoLayerStudy.Section(mlp, setting.Data, "mlp-mnist");
        }
        ReproduceSection reproduce = new(folder.Manifest["command_line"]!.GetValue<string>(), setting.Seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)],
            [
                .. setting.Subjects.Select(s => (s.Weights, s.Sha256)), (setting.Metric.Title, setting.Metric.Sha256),
                ($"{setting.Data.Name} (test)", setting.Data.Sha256),
            ]);
        OutputFile.WriteText(folder.File("report.html"), InvarianceReport.Page(result, twoLayer, reproduce).ToHtml());
        OutputFile.WriteText(folder.File("walks.csv"), InvarianceReport.WalksCsv(result));
        JsonObject summary = new()
        {
            ["schema"] = RunFolder.Schema,
            ["study"] = "invariance",
            ["preset"] = preset.Name,
            ["data"] = setting.Data.Name,
            ["metric"] = setting.Metric.Title,
            ["resumed"] = folder.IsResumed,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["networks"] = new JsonArray([.. result.Networks.Select(Network)]),
            ["claims"] = new JsonArray([.. InvarianceClaims.Of(result).Select(claim => new JsonObject
            {
                ["claim"] = claim.Text,
                ["verdict"] = claim.Badge.Words,
                ["numbers"] = claim.Numbers,
            })]),
            ["report"] = folder.File("report.html"),
        };
        folder.WriteSummary(summary);
        return summary;
    }

    private static JsonObject Network(SubjectOutcome n) => new()
    {
        ["weights"] = n.Subject.Weights,
        ["walks"] = n.Success().Count,
        ["arrived"] = n.Success().Successes,
        ["near"] = n.NearSuccess.Successes,
        ["error"] = n.Errors.Worst.Error,
        ["error_accepted"] = n.Errors.Worst.AcceptedError,
        ["threshold"] = n.Errors.Threshold,
        ["width"] = JsonText.Number(n.Widths.Widths.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()),
    };

    private static string Sentence(JsonObject summary)
    {
        IEnumerable<string> claims =
            summary["claims"]!.AsArray().Select(claim => $"{claim!["verdict"]}: {claim["claim"]} {claim["numbers"]}");
        return $"{string.Join('\n', claims)}\nreport: {summary["report"]} "
            + $"({summary["seconds"]!.GetValue<double>().ToString("F0", CultureInfo.InvariantCulture)} s)";
    }
}
