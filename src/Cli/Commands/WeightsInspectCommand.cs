using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Files;
using MiniGrad.Nn;

namespace MiniGrad.Cli;

/// <summary><c>weights inspect</c>: what is in a weight file, and which network it may belong to.</summary>
internal sealed class WeightsInspectCommand : CliCommand
{
    private readonly Argument<string> path = new("file") { Description = "A safetensors file, or the name of shipped weights." };

    public WeightsInspectCommand(Session session, GlobalOptions globals)
        : base(session, globals, "inspect", "Lists the tensors of a weight file and the networks they fit.", "minigrad weights inspect weights/lenet5-digits.safetensors") => Add(path);

    protected override int Execute(ParseResult parse, RunSettings settings)
    {
        string place = ShippedWeights.Locate(parse.GetValue(path)!);
        InputFile.Check(place, "weights");
        using SafetensorsFile file = SafetensorsFile.Open(place);
        TextTable table = new("tensor", "type", "shape", "min", "max", "mean", "std", "NaN", "infinite");
        JsonArray tensors = [];
        long parameters = 0;
        foreach (SafetensorsEntry entry in file.Entries)
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
            ["numbers"] = parameters,
            ["architectures"] = JsonText.Array(fits),
            ["metadata"] = metadata,
            ["tensors"] = tensors,
        };
        string text = $"{place}: {file.Entries.Count} tensors, {parameters} numbers, SHA-256 {result["sha256"]}\n"
            + $"network: {(fits.Length == 0 ? "none of the catalogue fits" : string.Join(" or ", fits))}\n"
            + string.Concat(file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{ErrorReport.OneLine(pair.Key)}: {ErrorReport.OneLine(pair.Value)}\n"))
            + table;
        return Answer(settings, result, text);
    }

    private static JsonObject Row(SafetensorsFile file, SafetensorsEntry entry, TextTable table)
    {
        JsonObject row = new() { ["name"] = entry.Name, ["type"] = entry.DType, ["shape"] = JsonText.Array(entry.Shape) };
        string name = ErrorReport.OneLine(entry.Name);
        string shape = $"[{string.Join(", ", entry.Shape)}]";
        if (!IsRead(entry))
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
        table.Add(name, entry.DType, shape, Text(found.Min), Text(found.Max), Text(found.Mean), Text(found.Std), $"{found.NanCount}", $"{found.InfinityCount}");
        return row;
    }

    private static bool IsRead(SafetensorsEntry entry) =>
        entry.Shape.Length <= Shape.MaxRank && entry.DType is "F32" or "F64" or "F16" or "BF16" or "I32" or "I64" or "U8" or "BOOL";

    /// <summary>The networks of the catalogue that take exactly these names and shapes, with their number of classes.</summary>
    private static string[] Architectures(SafetensorsFile file)
    {
        Dictionary<string, Shape> shapes = new(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in file.Entries)
        {
            if (entry.Shape.Length > Shape.MaxRank || entry.Shape.Any(size => size > int.MaxValue)) return [];
            shapes[entry.Name] = new([.. entry.Shape.Select(size => (int)size)]);
        }
        return [.. ModelCatalog.Fitting(shapes).Select(fit => fit.Classes == 10 ? fit.Entry.Name : $"{fit.Entry.Name} --classes {fit.Classes}")];
    }

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
