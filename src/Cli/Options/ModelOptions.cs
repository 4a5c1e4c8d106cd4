using System.CommandLine;
using System.Globalization;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Cli.Options;

/// <summary>
/// The options that name a network. What is not given comes from the index beside the weights, else from the metadata
/// that <c>train</c> writes into them, else is what the network's home does, and that is said.
/// </summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> model = CliOption.Text("--model", "The network the weights belong to; known for shipped and own weights.", "name");
    private readonly Option<string?> weights = CliOption.Text("--weights", "A file of weights, or the name of shipped ones.", "file");
    private readonly Option<double[]?> mean = CliOption.Reals("--mean", "The mean of each channel that the network expects to be subtracted.", positive: false);
    private readonly Option<double[]?> std = CliOption.Reals("--std", "The standard deviation of each channel that the network expects to be divided by.", positive: true);
    private readonly Option<int?> classes = CliOption.Whole("--classes", "The number of classes; as many as the file has by default.", 2, 1_000_000);
    private readonly Option<string?> size = CliOption.Text("--size", "Height and width of the images, such as 224 or 160x224; those of the data, or of the network's home, by default.", "HxW");
    private readonly Option<int?> blurPool = CliOption.Whole("--blur-pool", "Anti-alias: low-pass filters of n taps wherever a convolutional network strides or pools (4 is usual).", 2, 7);
    private readonly Option<string?> state = CliOption.Text("--state", "Which of several sets of weights in a PyTorch file, such as ema.", "name");
    private readonly Option<bool> allowNonFinite = CliOption.Flag("--allow-nonfinite", "Take weights that hold NaN or infinities.");

    public void AddTo(Command command)
    {
        weights.Required = true;
        foreach (Option option in (Option[])[model, weights, mean, std, classes, size, blurPool, state, allowNonFinite]) command.Add(option);
    }

    public string WeightsPath(ParseResult parse) => ShippedWeights.Locate(parse.GetValue(weights)!);

    /// <summary>Loads the network onto the device of the run and tells the session what was decided on the way.</summary>
    /// <param name="imageOf">The shape of the images, for the data set that the weights name; the network's usual one where it gives none.</param>
    /// <param name="activation">A nonlinearity in place of the network's own.</param>
    public LoadedModel Load(ParseResult parse, RunSettings run, Session session, Func<string?, Shape?>? imageOf = null, Activation? activation = null)
    {
        string path = WeightsPath(parse);
        string? name = parse.GetValue(model);
        if (name is not null) ModelCatalog.Find(name);
        InputFile.Check(path, "weights");
        using WeightFile file = WeightFile.Open(path, parse.GetValue(state));
        foreach (string note in file.Notes) session.Note($"{path}: {note}");
        bool complete = name is not null && parse.List(mean) is not null && parse.List(std) is not null;
        WeightRecord? row = complete ? null : ShippedWeights.Beside(path);
        name ??= row?.Architecture ?? file.Metadata.GetValueOrDefault("architecture")
            ?? throw new UsageException($"--model: {path} does not say which network it belongs to. Name it; known: {string.Join(", ", ModelCatalog.Names)}.");
        string? dataSet = row?.DataSet ?? file.Metadata.GetValueOrDefault("data_set");
        ModelEntry entry = ModelCatalog.Find(name);
        Shape? ofData = imageOf?.Invoke(dataSet);
        ModelSettings settings = new()
        {
            Classes = parse.GetValue(classes),
            Image = Size(parse, entry, ofData) ?? ofData,
            BlurPool = parse.GetValue(blurPool) ?? WeightMetadata.BlurPool(file),
            Activation = activation,
        };
        Dictionary<string, Tensor> tensors = file.ReadAll();
        if (!parse.GetValue(allowNonFinite)) WeightMetadata.CheckFinite(path, tensors);
        Network network = Build(name, tensors, settings, run, parse.GetValue(size) is null);
        if (Preprocessing(parse, file, row, entry, network, session) is { } preprocessing)
        {
            network = new Normalized(network, preprocessing.Mean, preprocessing.Std, run.Precision);
        }
        else
        {
            preprocessing = new([.. Enumerable.Repeat(0.0, network.InputShape[0])], [.. Enumerable.Repeat(1.0, network.InputShape[0])]);
        }
        string hash = FileHash.Sha256(path);
        if (row is not null && row.Sha256 != hash) session.Note($"{path} is not the file that the index beside it describes as \"{row.Name}\": its SHA-256 is {hash}.");
        return new(network, name, path, hash, preprocessing.Mean, preprocessing.Std, dataSet) { BlurPool = settings.BlurPool, State = parse.GetValue(state) };
    }

    /// <summary>
    /// The network for images of a shape; where it was not the user who chose a shape that the network cannot take, the
    /// network for its usual one, so that whoever reads the images can say which file or data set does not fit.
    /// </summary>
    private static Network Build(string name, Dictionary<string, Tensor> tensors, ModelSettings settings, RunSettings run, bool mayDiffer)
    {
        try
        {
            return ModelCatalog.Load(name, tensors, settings, run.Precision, run.Device);
        }
        catch (Exception error) when (error is ArgumentException or WeightsException && mayDiffer && settings.Image is not null)
        {
            return ModelCatalog.Load(name, tensors, settings with { Image = null }, run.Precision, run.Device);
        }
    }

    /// <summary>The normalisation by the options, the index, the file, or the network's home; none where it changes nothing.</summary>
    private Preprocessing? Preprocessing(ParseResult parse, WeightFile file, WeightRecord? row, ModelEntry entry, Network network, Session session)
    {
        if (parse.List(mean) is null != parse.List(std) is null) throw new UsageException("--mean and --std belong together. Give both, or neither.");
        double[]? means = parse.List(mean) ?? row?.Preprocessing.Mean ?? WeightMetadata.Numbers(file, "mean");
        double[]? deviations = parse.List(std) ?? row?.Preprocessing.Std ?? WeightMetadata.Numbers(file, "std");
        int channels = network.InputShape[0];
        if (parse.List(mean) is null && row is null && (means is not null || deviations is not null) && (means?.Length != channels || deviations?.Length != channels))
        {
            throw new InputException($"weights: {file.Path}: its metadata has {means?.Length ?? 0} means and {deviations?.Length ?? 0} standard deviations, {entry.Name} takes {channels} channels. Give --mean and --std.");
        }
        if (means is null && deviations is null && entry.Usual is { } usual && usual.Mean.Length == channels)
        {
            session.Note($"{file.Path} does not say how pixels are normalised; using mean {WeightMetadata.Text(usual.Mean)}, std {WeightMetadata.Text(usual.Std)}, as the home of {entry.Name} does. Set --mean and --std to change that.");
            return usual;
        }
        means ??= [.. Enumerable.Repeat(0.0, channels)];
        deviations ??= [.. Enumerable.Repeat(1.0, channels)];
        bool neutral = means.Length == channels && deviations.Length == channels && means.All(m => m == 0) && deviations.All(s => s == 1);
        return neutral ? null : new(means, deviations);
    }

    /// <summary>The image shape of the option, with the channels of the data, else of the network's usual images.</summary>
    private Shape? Size(ParseResult parse, ModelEntry entry, Shape? ofData)
    {
        if (parse.GetValue(size) is not { } text) return null;
        string[] parts = text.Split('x');
        int[] sides = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length > 2 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sides[i]) || sides[i] is < 1 or > 10_000)
            {
                throw new UsageException($"--size: \"{text}\" is not a height and a width of 1 to 10000. Write 224, or 160x224.");
            }
        }
        int channels = ofData?[0] ?? entry.Build(Params.From(new Dictionary<string, Tensor>()), new()).InputShape[0];
        return [channels, sides[0], sides[^1]];
    }
}
