using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MiniGrad.Files;

namespace MiniGrad.Cli;

/// <summary><c>weights add</c>: takes the result of a finished training into the shipped weights and their index.</summary>
internal sealed class WeightsAddCommand : CliCommand
{
    private readonly Argument<string> run = new("run") { Description = "The run folder of a finished training." };
    private readonly Option<string?> folder = CliOption.Text("--into", "The folder with index.json; the shipped weights by default.", "folder");

    public WeightsAddCommand(Session session, GlobalOptions globals)
        : base(session, globals, "add", "Adds the weights of a finished training to the shipped ones.", "minigrad weights add runs/lenet5-digits")
    {
        Add(run);
        Add(folder);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string from = parse.GetValue(run)!;
        string summaryPath = System.IO.Path.Combine(from, "summary.json");
        InputFile.Check(summaryPath, "run");
        JsonObject summary = JsonNode.Parse(File.ReadAllText(summaryPath))!.AsObject();
        string name = summary["recipe"]?.GetValue<string>() ?? throw new InputException($"run: {from} is not of a training. Give the folder that train wrote.");
        string into = parse.GetValue(folder) ?? ShippedWeights.Folder() ?? "weights";
        string file = $"{name}.safetensors";
        string source = System.IO.Path.Combine(from, file);
        InputFile.Check(source, "weights");
        WeightRecord record = Record(name, file, source, summary, System.IO.Path.Combine(from, "manifest.json"));
        string index = System.IO.Path.Combine(into, "index.json");
        WeightRecord[] rows = File.Exists(index) ? [.. WeightIndex.Load(index).Where(row => row.Name != name), record] : [record];
        OutputFile.Guard(into, () =>
        {
            Directory.CreateDirectory(into);
            WholeFile.Write(System.IO.Path.Combine(into, file), stream => stream.Write(File.ReadAllBytes(source)));
            WeightIndex.Save(index, rows);
        });
        JsonObject answer = new() { ["name"] = name, ["file"] = System.IO.Path.Combine(into, file), ["sha256"] = record.Sha256, ["accuracy"] = record.Accuracy };
        return Answer(settings, answer, $"{name}: {EvalCommand.Percent(record.Correct, record.Count)}, now in {into}");
    }

    private static WeightRecord Record(string name, string file, string source, JsonObject summary, string manifestPath)
    {
        using SafetensorsFile weights = SafetensorsFile.Open(source);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(manifestPath))!.AsObject();
        double[] Numbers(string key) => [.. weights.Metadata[key].Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return new(name, file, FileHash.Sha256(source), summary["model"]!.GetValue<string>(), summary["data"]!.GetValue<string>(),
            new Preprocessing(Numbers("mean"), Numbers("std")), Regex.Replace(manifest["command_line"]!.GetValue<string>(), " --(out|data-dir) \\S+", ""), manifest["seed"]!.GetValue<long>(),
            summary["epochs"]!.GetValue<int>(), summary["accuracy"]!.GetValue<double>(), summary["correct"]!.GetValue<int>(), summary["count"]!.GetValue<int>(),
            "MIT", weights.Entries.Sum(entry => entry.Count));
    }
}
