using System.CommandLine;
using System.Globalization;
using MiniGrad.Files;
using MiniGrad.Nn;

namespace MiniGrad.Cli;

/// <summary>
/// The options that name a network. What is not given comes from the index beside the weights, else from the metadata
/// that <c>train</c> writes into them.
/// </summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> model = CliOption.Text("--model", "The network the weights belong to; known for shipped and own weights.", "name");
    private readonly Option<string?> weights = CliOption.Text("--weights", "A safetensors file, or the name of shipped weights.", "file");
    private readonly Option<double[]?> mean = CliOption.Reals("--mean", "The mean of each channel that the network expects to be subtracted.", positive: false);
    private readonly Option<double[]?> std = CliOption.Reals("--std", "The standard deviation of each channel that the network expects to be divided by.", positive: true);
    private readonly Option<int?> classes = CliOption.Whole("--classes", "The number of classes; 10 by default.", 2, 1_000_000);

    public void AddTo(Command command)
    {
        weights.Required = true;
        foreach (Option option in (Option[])[model, weights, mean, std, classes]) command.Add(option);
    }

    /// <summary>Loads the network. With a session, says so when the index beside the weights describes another file.</summary>
    public LoadedModel Load(ParseResult parse, DType precision, Session? session = null)
    {
        string path = ShippedWeights.Locate(parse.GetValue(weights)!);
        string? name = parse.GetValue(model);
        if (name is not null) ModelCatalog.Find(name);
        InputFile.Check(path, "weights");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        bool complete = name is not null && parse.List(mean) is not null && parse.List(std) is not null;
        WeightRecord? row = complete ? null : ShippedWeights.Beside(path);
        name ??= row?.Architecture ?? file.Metadata.GetValueOrDefault("architecture")
            ?? throw new UsageException($"--model: {path} does not say which network it belongs to. Name it; known: {string.Join(", ", ModelCatalog.All.Select(entry => entry.Name))}.");
        int count = parse.GetValue(classes) ?? (int.TryParse(file.Metadata.GetValueOrDefault("classes"), NumberStyles.None, CultureInfo.InvariantCulture, out int stored) ? stored : 10);

        Network network = ModelCatalog.Load(name, Finite(file), count, precision);
        int channels = network.InputShape[0];
        double[] means = parse.List(mean) ?? row?.Preprocessing.Mean ?? Stored(file, "mean") ?? [.. Enumerable.Repeat(0.0, channels)];
        double[] deviations = parse.List(std) ?? row?.Preprocessing.Std ?? Stored(file, "std") ?? [.. Enumerable.Repeat(1.0, channels)];
        bool neutral = means.Length == channels && deviations.Length == channels && means.All(m => m == 0) && deviations.All(s => s == 1);
        if (!neutral) network = new Normalized(network, means, deviations, precision);
        string hash = FileHash.Sha256(path);
        if (row is not null && row.Sha256 != hash) session?.Note($"{path} is not the file that the index beside it describes as \"{row.Name}\": its SHA-256 is {hash}.");
        return new(network, name, path, hash, means, deviations, row?.DataSet ?? file.Metadata.GetValueOrDefault("data_set"));
    }

    /// <summary>All tensors of a weight file; a NaN or an infinity among them is an error that names its place.</summary>
    private static Dictionary<string, Tensor> Finite(SafetensorsFile file)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (string name in file.Names)
        {
            Tensor tensor = file.Read(name);
            tensors[name] = tensor;
            if (!tensor.Type.IsFloat()) continue;
            double[] values = tensor.Cast(DType.F64).ToArray<double>();
            int odd = Array.FindIndex(values, value => !double.IsFinite(value));
            if (odd >= 0) throw new InputException($"weights: {file.Path}: element {odd} of \"{name}\" is {values[odd]}. Train again, or fetch the file again.");
        }
        return tensors;
    }

    private static double[]? Stored(SafetensorsFile file, string key)
    {
        if (!file.Metadata.TryGetValue(key, out string? text)) return null;
        string[] parts = text.Split(',');
        double[] values = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !double.IsFinite(values[i]))
            {
                throw new InputException($"weights: {file.Path}: its metadata has {key} \"{text}\", not numbers. Give --{key}.");
            }
        }
        return values;
    }
}
