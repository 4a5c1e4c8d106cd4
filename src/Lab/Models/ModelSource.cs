using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Lab.Models;

/// <summary>
/// What a person names a trained network by. What is left open comes from the index beside the weights, else from the
/// metadata that <c>train</c> writes into them, else is what the network's home does, and that is said.
/// </summary>
/// <param name="Weights">A file of weights, or the name of shipped ones.</param>
internal sealed record ModelSource(string Weights)
{
    /// <summary>The name of the network in <see cref="ModelCatalog"/>.</summary>
    public string? Name { get; init; }

    /// <summary>What is subtracted from each channel; together with <see cref="Std"/> or not at all.</summary>
    public double[]? Mean { get; init; }

    /// <summary>What each channel is divided by then.</summary>
    public double[]? Std { get; init; }

    /// <summary>The number of classes; as many as the file has by default.</summary>
    public int? Classes { get; init; }

    /// <summary>Height and width of the images; those of the data, or of the network's home, by default.</summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>Taps of the low-pass filters; as trained by default.</summary>
    public int? BlurPool { get; init; }

    /// <summary>Which of several sets of weights in the file.</summary>
    public string? State { get; init; }

    /// <summary>Whether weights may hold NaN or infinities.</summary>
    public bool AllowNonFinite { get; init; }

    /// <summary>A nonlinearity in place of the network's own.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Where the weights lie.</summary>
    public string Path => ShippedWeights.Locate(Weights);

    /// <summary>Loads the network, behind its normalisation.</summary>
    /// <param name="device">Where it computes.</param>
    /// <param name="precision">The numbers it computes with.</param>
    /// <param name="note">Told what was decided on the way.</param>
    /// <param name="imageOf">The shape of the images, for the data set that the weights name; the
    /// network's usual one where it gives none.</param>
    /// <exception cref="UsageException">Nobody says which network it is, or mean and deviation do not come together.</exception>
    /// <exception cref="InputException">The file is missing, or holds numbers that are none.</exception>
    /// <exception cref="WeightsException">The weights are not those of the network.</exception>
    public LoadedModel Load(Device device, DType precision, Action<string> note, Func<string?, Shape?>? imageOf = null)
    {
        if (Name is not null) ModelCatalog.Find(Name);
        string path = Path;
        InputFile.Check(path, "weights");
        using WeightFile file = WeightFile.Open(path, State);
        foreach (string line in file.Notes) note($"{path}: {line}");
        WeightRecord? row = Name is not null && Mean is not null && Std is not null ? null : ShippedWeights.Beside(path);
        string name = Name ?? row?.Architecture ?? file.Metadata.GetValueOrDefault("architecture")
            ?? throw new UsageException(
                $"--model: {path} does not say which network it belongs to. Name it; known: {string.Join(", ", ModelCatalog.Names)}.");
        string? dataSet = row?.DataSet ?? file.Metadata.GetValueOrDefault("data_set");
        ModelEntry entry = ModelCatalog.Find(name);
        Shape? ofData = imageOf?.Invoke(dataSet);
        ModelSettings settings = new()
        {
            Classes = Classes,
            Image = Image(entry, ofData),
            BlurPool = BlurPool ?? WeightMetadata.BlurPool(file),
            Activation = Activation,
        };
        Dictionary<string, Tensor> tensors = file.ReadAll();
        if (!AllowNonFinite) WeightMetadata.CheckFinite(path, tensors);
        Network network = Build(name, tensors, settings, device, precision);
        if (Preprocessing(file, row, entry, network, note) is { } preprocessing)
        {
            network = new Normalized(network, preprocessing.Mean, preprocessing.Std, precision);
        }
        else
        {
            preprocessing = new([.. Enumerable.Repeat(0.0, network.InputShape[0])], [.. Enumerable.Repeat(1.0, network.InputShape[0])]);
        }
        string hash = FileHash.Sha256(path);
        if (row is not null && row.Sha256 != hash)
        {
            note($"{path} is not the file that the index beside it describes as \"{row.Name}\": its SHA-256 is {hash}.");
        }
        return new(network, name, path, hash, preprocessing.Mean, preprocessing.Std, dataSet)
        {
            BlurPool = settings.BlurPool,
            State = State,
        };
    }

    /// <summary>
    /// The image shape that was asked for, with the channels of the data, else of the
    /// network's usual images; else the shape of the data.
    /// </summary>
    private Shape? Image(ModelEntry entry, Shape? ofData)
    {
        if (Size is not { } size) return ofData;
        int channels = ofData?[0] ?? entry.Build(Params.From(new Dictionary<string, Tensor>()), new()).InputShape[0];
        return [channels, size.Height, size.Width];
    }

    /// <summary>
    /// The network for images of a shape; where it was not the user who chose a shape that the network cannot take, the
    /// network for its usual one, so that whoever reads the images can say which file or data set does not fit.
    /// </summary>
    private Network Build(string name, Dictionary<string, Tensor> tensors, ModelSettings settings, Device device, DType precision)
    {
        try
        {
            return ModelCatalog.Load(name, tensors, settings, precision, device);
        }
        catch (Exception error) when (error is ArgumentException or WeightsException && Size is null && settings.Image is not null)
        {
            return ModelCatalog.Load(name, tensors, settings with { Image = null }, precision, device);
        }
    }

    /// <summary>
    /// The normalisation that was named, else of the index, the file, or the network's home; none where it changes nothing.
    /// </summary>
    private Preprocessing? Preprocessing(WeightFile file, WeightRecord? row, ModelEntry entry, Network network, Action<string> note)
    {
        if (Mean is null != Std is null) throw new UsageException("--mean and --std belong together. Give both, or neither.");
        double[]? means = Mean ?? row?.Preprocessing.Mean ?? WeightMetadata.Numbers(file, "mean");
        double[]? deviations = Std ?? row?.Preprocessing.Std ?? WeightMetadata.Numbers(file, "std");
        int channels = network.InputShape[0];
        if (Mean is null && row is null && (means is not null || deviations is not null)
            && (means?.Length != channels || deviations?.Length != channels))
        {
            throw new InputException($"weights: {file.Path}: its metadata has {means?.Length ?? 0} means and {deviations?.Length ?? 0} "
                + $"standard deviations, {entry.Name} takes {channels} channels. Give --mean and --std.");
        }
        if (means is null && deviations is null && entry.Usual is { } usual && usual.Mean.Length == channels)
        {
            note($"{file.Path} does not say how pixels are normalised; using mean {WeightMetadata.Text(usual.Mean)}, "
                + $"std {WeightMetadata.Text(usual.Std)}, as the home of {entry.Name} does. Set --mean and --std to change that.");
            return usual;
        }
        means ??= [.. Enumerable.Repeat(0.0, channels)];
        deviations ??= [.. Enumerable.Repeat(1.0, channels)];
        bool neutral = means.Length == channels && deviations.Length == channels && means.All(m => m == 0) && deviations.All(s => s == 1);
        return neutral ? null : new(means, deviations);
    }
}
