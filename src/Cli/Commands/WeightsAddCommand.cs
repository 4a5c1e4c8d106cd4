using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MiniGrad.Cli.Options;
using MiniGrad.Data;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Robustness;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary><c>weights add</c>: takes the result of a finished training into the shipped weights and their index.</summary>
internal sealed partial class WeightsAddCommand : CliCommand
{
    private readonly Argument<string> run = new("run") { Description = "The run folder of a finished training." };
    private readonly Option<string?> folder = CliOption.Text(
        "--into", "The folder with index.json; the shipped weights by default.", "folder");

    private readonly Option<string?> attack = CliOption.Text(
        "--attack", "Also record how many test images stay right under an attack, such as pgd:steps=40,epsilon=0.3.", "attack");
    private readonly Option<int?> attackCount = CliOption.Whole("--attack-count", "How many images to attack; 1000 by default.", 1);
    private readonly DataOptions data = new();

    public WeightsAddCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(run);
        foreach (Option option in (Option[])[folder, attack, attackCount]) Add(option);
        data.AddTo(this, withName: false);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string from = parse.GetValue(run)!;
        string into = parse.GetValue(folder) ?? ShippedWeights.Folder() ?? "weights";
        WeightRecord record = Record(from);
        if (parse.GetValue(attack) is { } named) record = record with { Robust = Attacked(record, from, named, parse, settings) };
        else if (parse.GetValue(attackCount) is not null) throw new UsageException("--attack-count counts for --attack, which is missing.");
        string index = Path.Combine(into, "index.json");
        WeightRecord[] rows = File.Exists(index) ? [.. WeightIndex.Load(index).Where(row => row.Name != record.Name), record] : [record];
        OutputFile.Guard(into, () =>
        {
            Directory.CreateDirectory(into);
            byte[] bytes = File.ReadAllBytes(Path.Combine(from, record.File));
            AtomicFile.Write(Path.Combine(into, record.File), stream => stream.Write(bytes));
            WeightIndex.Save(index, rows);
        });
        JsonObject answer = new()
        {
            ["name"] = record.Name,
            ["file"] = Path.Combine(into, record.File),
            ["sha256"] = record.Sha256,
            ["accuracy"] = record.Accuracy,
        };
        string robust = "";
        if (record.Robust is { } r)
        {
            answer["robust"] = new JsonObject { ["attack"] = r.Attack, ["correct"] = r.Correct, ["count"] = r.Count };
            robust = $"; under {r.Attack} {EvalCommand.Percent(r.Correct, r.Count)}";
        }
        return Answer(settings, answer, $"{record.Name}: {EvalCommand.Percent(record.Correct, record.Count)}{robust}, now in {into}");
    }

    private RobustAccuracy Attacked(WeightRecord record, string from, string named, ParseResult parse, RunSettings settings)
    {
        ImageDataSet test = new DataSource(record.DataSet) { DataFolder = data.Folder(parse) }.Load();
        Network network = ModelCatalog.Load(Path.Combine(from, record.File), device: settings.Device);
        ProgressLine line = new(Session);
        try
        {
            return RobustMeasure.Of(network, test, named, parse.GetValue(attackCount) ?? 1000,
                new InlineProgress<int>(done => line.Show(() => $"{named}: image {done}")), Session.Cancellation);
        }
        finally
        {
            line.End();
        }
    }

    private static WeightRecord Record(string from)
    {
        string path = Path.Combine(from, "summary.json");
        RunFile summary = RunFile.Read(path);
        if (!summary.Has("recipe")) throw new InputException($"run: {from} is not of a training. Give the folder that train wrote.");
        string name = summary.Text("recipe");
        if (!RecipeCatalog.All.Any(recipe => recipe.Name == name))
        {
            throw new RunFolderException(path, 0, $"there is no recipe \"{name}\". Train by one of the catalogue");
        }
        RunFile manifest = RunFile.Read(Path.Combine(from, "manifest.json"));
        int count = (int)summary.Whole("count", 1, int.MaxValue);
        int correct = (int)summary.Whole("correct", 0, count);
        string file = $"{name}.safetensors";
        string source = Path.Combine(from, file);
        InputFile.Check(source, "weights");
        using SafetensorsFile weights = SafetensorsFile.Open(source);
        string hash = FileHash.Sha256(source);
        if (hash != summary.Text("weights_sha256"))
        {
            throw new InputException($"weights: {source} is not the file that the training wrote: its SHA-256 is {hash}. Train again.");
        }
        return new(name, file, hash, summary.Text("model"), summary.Text("data"),
            new Preprocessing(Numbers(weights, "mean"), Numbers(weights, "std")),
            Places().Replace(manifest.Text("command_line"), ""), manifest.Whole("seed", long.MinValue, long.MaxValue),
            (int)summary.Whole("epochs", 0, int.MaxValue), (double)correct / count,
            correct, count, "MIT", weights.Entries.Sum(entry => entry.Count));
    }

    private static double[] Numbers(SafetensorsFile weights, string key)
    {
        string[] parts = weights.Metadata.GetValueOrDefault(key, "").Split(',');
        double[] values = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
            {
                throw new InputException($"weights: {weights.Path}: its metadata has no numbers \"{key}\". Train again.");
            }
        }
        return values;
    }

    /// <summary>
    /// What of a command line says where files lay, as a shell would take it: words may be
    /// in quotes. The results do not depend on it.
    /// </summary>
    [GeneratedRegex(@" --(out|data-dir)[ =]('[^']*'|\\'|[^\s'])+")]
    private static partial Regex Places();
}
