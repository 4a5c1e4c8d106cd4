using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Cli.Options;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Cli.Commands;

/// <summary><c>weights inspect</c>: what is in a weight file, and which network it may belong to.</summary>
internal sealed class WeightsInspectCommand : CliCommand
{
    private readonly Argument<string> path =
        new("file") { Description = "A file of weights in any format that is read, or the name of shipped weights." };
    private readonly Option<string?> state = CliOption.Text(
        "--state", "Which of several sets of weights in a PyTorch file, such as ema.", "name");

    public WeightsInspectCommand(Session session, GlobalOptions globals, CommandInfo info)
        : base(session, globals, info)
    {
        Add(path);
        Add(state);
    }

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string place = ShippedWeights.Locate(parse.GetValue(path)!);
        InputFile.Check(place, "weights");
        using WeightFile file = WeightFile.Open(place, parse.GetValue(state));
        TextTable table = new("tensor", "type", "shape", "min", "max", "mean", "std", "NaN", "infinite");
        JsonArray tensors = [];
        long parameters = 0;
        foreach (WeightEntry entry in file.Entries)
        {
            Session.Cancellation.ThrowIfCancellationRequested();
            parameters += entry.Count;
            tensors.Add(Row(file, entry, table));
        }
        string[] fits = Architectures(file);
        JsonObject metadata = [];
        foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) metadata[key] = value;
        JsonObject result = new()
        {
            ["file"] = place,
            ["bytes"] = new FileInfo(place).Length,
            ["sha256"] = FileHash.Sha256(place),
            ["format"] = file.Format,
            ["notes"] = JsonText.Array(file.Notes),
            ["numbers"] = parameters,
            ["architectures"] = JsonText.Array(fits),
            ["metadata"] = metadata,
            ["tensors"] = tensors,
        };
        string text = $"{place}: {file.Format}, {file.Entries.Count} tensors, {parameters} numbers, SHA-256 {result["sha256"]}\n"
            + string.Concat(file.Notes.Select(note => $"{ErrorReport.OneLine(note)}\n"))
            + $"network: {(fits.Length == 0 ? "none of the catalogue fits" : string.Join(" or ", fits))}\n"
            + string.Concat(file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{ErrorReport.OneLine(pair.Key)}: {ErrorReport.OneLine(pair.Value)}\n"))
            + table;
        return Answer(settings, result, text);
    }

    private static JsonObject Row(WeightFile file, WeightEntry entry, TextTable table)
    {
        JsonObject row = new() { ["name"] = entry.Name, ["type"] = entry.DType, ["shape"] = JsonText.Array(entry.Shape) };
        string name = ErrorReport.OneLine(entry.Name);
        string shape = $"[{string.Join(", ", entry.Shape)}]";
        if (!entry.IsRead)
        {
            table.Add(name, entry.DType, shape, "not read");
            return row;
        }
        TensorStatistics found = TensorStatistics.Of(file.Read(entry.Name));
        row["min"] = JsonText.Number(found.Min);
        row["max"] = JsonText.Number(found.Max);
        row["mean"] = JsonText.Number(found.Mean);
        row["std"] = JsonText.Number(found.Std);
        row["nan_count"] = found.NanCount;
        row["infinity_count"] = found.InfinityCount;
        table.Add(name, entry.DType, shape, Text(found.Min), Text(found.Max),
            Text(found.Mean), Text(found.Std), $"{found.NanCount}", $"{found.InfinityCount}");
        return row;
    }

    /// <summary>The networks of the catalogue that take exactly these names and shapes, with their number of classes.</summary>
    private static string[] Architectures(WeightFile file)
    {
        Dictionary<string, Shape> shapes = new(StringComparer.Ordinal);
        foreach (WeightEntry entry in file.Entries)
        {
            if (entry.Shape.Length > Shape.MaxRank || entry.Shape.Any(size => size > int.MaxValue)) return [];
            shapes[entry.Name] = new([.. entry.Shape.Select(size => (int)size)]);
        }
        return [.. ModelCatalog.Fitting(shapes)
            .Select(fit => fit.Classes == 10 ? fit.Entry.Name : $"{fit.Entry.Name} --classes {fit.Classes}")];
    }

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
