using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Robustness;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary><c>weights verify</c>: measures again what the index of the shipped weights claims.</summary>
internal sealed class WeightsVerifyCommand : CliCommand
{
    /// <summary>
    /// Sums are rounded in another order on another instruction set, which can flip an image that lies on a boundary
    /// between classes.
    /// </summary>
    private const int Tolerance = 2;

    /// <summary>An attack takes many steps, each of which may turn another way for the same reason.</summary>
    private const double RobustTolerance = 0.01;

    private readonly Option<string?> index = CliOption.Text("--index", "The index; that of the shipped weights by default.", "file");
    private readonly DataOptions data = new();

    public WeightsVerifyCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(index);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string path = parse.GetValue(index) ?? (ShippedWeights.Folder() is { } shipped
            ? Path.Combine(shipped, "index.json")
            : throw new InputException("weights: no folder weights with an index.json beside the program or here. Name one with --index."));
        InputFile.Check(path, "--index");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        TextTable table = new("weights", "claimed", "found", "under attack", "result");
        JsonArray rows = [];
        List<string> wrong = [];
        foreach (WeightRecord record in WeightIndex.Load(path))
        {
            Session.Cancellation.ThrowIfCancellationRequested();
            (string result, int? correct, RobustAccuracy? robust) = Verify(record, folder, settings, data.Folder(parse));
            if (result.StartsWith("differs", StringComparison.Ordinal)) wrong.Add($"{record.Name} {result}");
            table.Add(record.Name, EvalCommand.Percent(record.Correct, record.Count),
                correct is { } n ? EvalCommand.Percent(n, record.Count) : "",
                robust is { } r ? $"{EvalCommand.Percent(r.Correct, r.Count)}, {r.Attack}" : "", result);
            JsonObject row = new()
            {
                ["name"] = record.Name,
                ["claimed_correct"] = record.Correct,
                ["correct"] = correct,
                ["count"] = record.Count,
                ["result"] = result,
            };
            if (robust is not null)
            {
                row["attack"] = robust.Attack;
                row["claimed_robust"] = record.Robust!.Correct;
                row["robust"] = robust.Correct;
                row["robust_count"] = robust.Count;
            }
            rows.Add(row);
        }
        JsonObject answer = new() { ["index"] = path, ["rows"] = rows, ["differing"] = wrong.Count };
        return wrong.Count == 0
            ? Answer(settings, answer, table.ToString())
            : Answer(settings, answer, table.ToString(), ExitCode.BadInput, $"weights: {string.Join("; ", wrong)}");
    }

    private (string Result, int? Correct, RobustAccuracy? Robust) Verify(
        WeightRecord record, string folder, RunSettings settings, string? dataFolder)
    {
        string path = Path.Combine(folder, record.File);
        if (!File.Exists(path)) return ($"differs: {path} does not exist", null, null);
        string hash = FileHash.Sha256(path);
        if (hash != record.Sha256) return ($"differs: SHA-256 is {hash}, the index has {record.Sha256}", null, null);
        ImageDataSet test;
        try
        {
            test = new DataSource(record.DataSet) { DataFolder = dataFolder }.Load();
        }
        catch (DataSetException error)
        {
            return ($"skipped: {error.Message}", null, null);
        }
        int most = Math.Max(record.Count, record.Robust?.Count ?? 0);
        if (most > test.Count) return ($"differs: {most} images, {record.DataSet} has {test.Count}", null, null);
        Network network = Load(record, path, test.ClassCount, settings);
        int correct = Evaluator.Accuracy(network, test, record.Count).Correct;
        int gap = Math.Abs(correct - record.Correct);
        if (gap > Tolerance) return (Differs(correct, record.Correct), correct, null);
        string equal = gap == 0 ? "equal" : string.Create(CultureInfo.InvariantCulture, $"equal but for {gap} images");
        if (record.Robust is not { } claimed || settings.Precision != DType.F32) return (equal, correct, null);
        RobustAccuracy robust = RobustMeasure.Of(network, test, claimed.Attack, claimed.Count, null, Session.Cancellation);
        bool isNear = Math.Abs(robust.Correct - claimed.Correct) <= Math.Max(Tolerance, RobustTolerance * claimed.Count);
        return (isNear ? equal : $"{Differs(robust.Correct, claimed.Correct)} under {claimed.Attack}", correct, robust);
    }

    private static string Differs(int found, int claimed) =>
        string.Create(CultureInfo.InvariantCulture, $"differs: {found} right, the index has {claimed}");

    private static Network Load(WeightRecord record, string path, int classes, RunSettings settings)
    {
        using WeightFile file = WeightFile.Open(path);
        Network network = ModelCatalog.Load(record.Architecture, file.ReadAll(),
            new() { Classes = classes, BlurPool = WeightMetadata.BlurPool(file) }, settings.Precision, settings.Device);
        network = new Normalized(network, record.Preprocessing.Mean, record.Preprocessing.Std, settings.Precision);
        return settings.Precision == DType.F32 ? network : new CastNetwork(network, settings.Precision);
    }
}
