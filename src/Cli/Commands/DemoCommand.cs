using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Cli.Commands;

/// <summary>
/// <c>demo</c>: the main job on what is embedded. Level sets, null spaces and a ball
/// attack on synthetic digits, as one report.
/// </summary>
internal sealed class DemoCommand : CliCommand
{
    private const int BallImages = 100;
    private const double BallRadius = 0.1;

    private readonly Option<string?> outFolder = CliOption.Text(
        "--out", "The folder of the report; runs/demo by default. A former demo there is replaced.", "folder");

    public DemoCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(outFolder);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        Stopwatch clock = Stopwatch.StartNew();
        long seed = settings.Seed ?? 0;
        string path = parse.GetValue(outFolder) ?? System.IO.Path.Combine("runs", "demo");
        (Network network, WeightRecord record) = ShippedWeights.Load("demo", "lenet5-digits", device: settings.Device);
        (Network mlp, WeightRecord mlpRecord) = ShippedWeights.Load("demo", "mlp-mnist", device: settings.Device);
        if (settings.Precision != DType.F32)
        {
            throw new UsageException("demo: it computes in f32; --precision f64 is for attack, eval, infer and gradcheck.");
        }
        RefuseAnotherRun(path);
        OutputFile.Guard(path, () => Directory.CreateDirectory(path));
        ImageDataSet data = new DataSource("digits").Load();
        Classifier classifier = new(network) { Notes = Session.Notes };
        AttackInput input = AttackInput.Traversals(data, PairSelection.Grid(classifier, data), DType.F32);

        ProgressLine line = new(Session);
        TraversalOutcome lst = Traverse("LST", new Lst(), classifier, input, seed, line);
        TraversalOutcome nspgd = Traverse("NSPGD", new Nspgd(), classifier, input, seed, line);
        BallOutcome pgd = Ball(classifier, data, seed, line);
        line.End();
        ReproduceSection reproduce = new(Session.CommandLine, seed, settings.DeviceName,
            [("minigrad", Machine.Version), ("runtime", Machine.Runtime), ("processor", Machine.Processor)],
            [("lenet5-digits", record.Sha256), ("mlp-mnist", mlpRecord.Sha256), ("digits (test)", data.Sha256)]);
        List<ReportSection> sections = [Opening(lst, record), TraversalReport.Summary([lst, nspgd]), TraversalReport.Images([lst, nspgd])];
        if (TraversalReport.Course(lst) is { } course) sections.Add(course);
        if (TraversalReport.Between([lst, nspgd]) is { } between) sections.Add(between);
        sections.Add(TwoLayerStudy.Section(mlp, data, "mlp-mnist (trained on MNIST, here on synthetic digits)"));
        sections.AddRange(pgd.Sections());
        sections.Add(new("How to reproduce this", "", [reproduce]));
        string html =
            new ReportPage("What a network does not see", "Level sets and null spaces of a LeNet-5 on synthetic digits", sections).ToHtml();
        string report = System.IO.Path.Combine(path, "report.html");
        OutputFile.WriteText(report, html);
        OutputFile.Guard(path, () => Safetensors.Write(System.IO.Path.Combine(path, "tensors.safetensors"),
        [
            ("source", input.Sources), ("target", input.Targets!), ("output", lst.Result.Output), ("output_nspgd", nspgd.Result.Output),
            ("labels", Tensor.From(input.Labels)), ("target_labels", Tensor.From(input.TargetLabels)),
        ]));
        OutputFile.Guard(path, () => ImageFile.Write(System.IO.Path.Combine(path, "level-sets.png"), ContactSheet.Grid(lst)));
        JsonObject identity =
            new() { ["weights_sha256"] = record.Sha256, ["mlp_sha256"] = mlpRecord.Sha256, ["data_sha256"] = data.Sha256 };
        OutputFile.WriteText(System.IO.Path.Combine(path, "manifest.json"),
            JsonText.File(RunManifest.Create(Session, settings, Name, identity, seed)));
        OutputFile.WriteText(System.IO.Path.Combine(path, "results.jsonl"), string.Concat(Lines([lst, nspgd], input)));
        JsonObject summary = Summary([lst, nspgd, pgd], clock.Elapsed.TotalSeconds, report);
        OutputFile.WriteText(System.IO.Path.Combine(path, "summary.json"), JsonText.File(summary));
        return Answer(settings, summary, Text([lst, nspgd, pgd], clock.Elapsed.TotalSeconds, report));
    }

    /// <summary>A demo may replace a demo, nothing else.</summary>
    private void RefuseAnotherRun(string path)
    {
        string manifest = System.IO.Path.Combine(path, "manifest.json");
        if (!File.Exists(manifest)) return;
        using JsonDocument former = ReadManifest(manifest);
        bool demo = former.RootElement.ValueKind == JsonValueKind.Object
            && former.RootElement.TryGetProperty("command", out JsonElement command)
            && command.ValueKind == JsonValueKind.String && command.GetString() == Name;
        if (!demo) throw new UsageException($"demo: {path} holds another run. Name another folder with --out.");
    }

    private static JsonDocument ReadManifest(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return JsonDocument.Parse("null");
        }
    }

    private static IEnumerable<string> Lines(TraversalOutcome[] traversals, AttackInput input)
    {
        foreach (TraversalOutcome outcome in traversals)
        {
            foreach (ExampleResult e in outcome.Result.Examples)
            {
                JsonObject line = new() { ["schema"] = RunFolder.Schema, ["attack"] = outcome.Name };
                line.Add(JsonText.Of(ExampleRow.Of(e, input)));
                yield return JsonText.Line(line) + "\n";
            }
        }
    }

    private TraversalOutcome Traverse(
        string title, Traversal attack, Classifier classifier, AttackInput input, long seed, ProgressLine line)
    {
        RunContext run = new()
        {
            Seed = seed,
            Cancellation = Session.Cancellation,
            KeepPaths = 1,
            Progress = new InlineProgress<RunProgress>(p =>
                line.Show(() => $"{title}  pair {p.Finished} of {p.Total}  iteration {p.Iteration} of {p.Iterations}")),
        };
        AttackResult result = attack.Run(classifier, input.Examples(), run);
        Session.Cancellation.ThrowIfCancellationRequested();
        return new(title.ToLowerInvariant(), attack, classifier, input, result) { Title = title };
    }

    private BallOutcome Ball(Classifier classifier, ImageDataSet data, long seed, ProgressLine line)
    {
        Pgd attack = new(Threat.Linf(BallRadius));
        AttackInput input = AttackInput.Images(data, BallImages, DType.F32);
        RunContext run = new()
        {
            Seed = seed,
            Cancellation = Session.Cancellation,
            Progress = new InlineProgress<RunProgress>(p => line.Show(() => $"PGD  iteration {p.Iteration} of {p.Iterations}")),
        };
        AttackResult result = attack.Run(classifier, input.Examples(), run);
        Session.Cancellation.ThrowIfCancellationRequested();
        return new("pgd", attack, classifier, input, result) { Title = "PGD" };
    }

    private static ReportSection Opening(TraversalOutcome lst, WeightRecord record)
    {
        ExampleResult[] counted = lst.Counted;
        return new("What was asked", "A network that is right about almost every image may still give the same answer, "
            + "with the same confidence, for images that a person would never confuse.",
        [
            new KeyFigures(
                new KeyFigure($"{counted.Count(e => e.Prediction == e.SourceClass)} / {counted.Length}",
                    "walked images keep the source's class"),
                new KeyFigure(ReportNumber.Fixed(counted.Average(e => e.Confidence), 4), "mean confidence in that class at the end",
                    $"{ReportNumber.Fixed(counted.Average(e => e.SourceConfidence), 4)} at the start"),
                new KeyFigure(ReportNumber.Fixed(counted.Average(e => e.Rmse), 4),
                    "mean RMSE to the image of another class", "pixels are 0 to 1")),
            new Prose(string.Create(CultureInfo.InvariantCulture, $"The network is {record.Name}: {record.Architecture}, "
                + $"{100 * record.Accuracy:F2} % of {record.Count} test images right. "
                + $"One image of every class is walked towards one image of every other class, {lst.Input.Count} pairs, "
                + $"by level set traversal (LST) and by null-space projected gradient descent (NSPGD)."),
                $"LST: {lst.Attack}."),
        ]);
    }

    private static JsonObject Summary(IEnumerable<AttackOutcome> outcomes, double seconds, string report)
    {
        JsonObject summary = new() { ["schema"] = RunFolder.Schema, ["seconds"] = seconds, ["report"] = report };
        foreach (AttackOutcome outcome in outcomes) summary[outcome.Name] = outcome.Summary();
        return summary;
    }

    private static string Text(IEnumerable<AttackOutcome> outcomes, double seconds, string report) =>
        string.Join('\n',
            [.. outcomes.Select(o => o.Text), string.Create(CultureInfo.InvariantCulture, $"report: {report} ({seconds:F1} s)")]);
}
