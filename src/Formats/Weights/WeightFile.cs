namespace MiniGrad.Formats.Weights;

/// <summary>An open file of named tensors in whatever format: its directory is read and checked at once, a tensor when asked for.</summary>
public abstract class WeightFile : IDisposable
{
    private readonly Dictionary<string, WeightEntry> byName;

    private protected WeightFile(string path, IReadOnlyList<WeightEntry> entries, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> notes)
    {
        Path = path;
        Entries = entries;
        Names = [.. entries.Select(entry => entry.Name)];
        Metadata = metadata;
        Notes = notes;
        byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    /// <summary>The format in a few words.</summary>
    public abstract string Format { get; }

    /// <summary>The tensors in the order of the file.</summary>
    public IReadOnlyList<WeightEntry> Entries { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What was decided while the file was opened, one line each: the part that was taken, the prefix that was taken off all names.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Opens a file by its content, whatever its name. Where a PyTorch file holds several sets of weights,
    /// <paramref name="state"/> chooses one by its path in the file, such as <c>ema</c> or <c>checkpoint.ema</c>.
    /// </summary>
    public static WeightFile Open(string path, string? state = null)
    {
        WeightFormat format = WeightFormats.Of(path);
        if (state is not null && format is not WeightFormat.Torch)
        {
            Throw.Argument($"weights: {path} holds one set of tensors, there is no {Printable.Name(state)} to choose. Leave the choice out.");
        }
        return format switch
        {
            WeightFormat.Torch => TorchFile.Open(path, state),
            WeightFormat.Npy => NpyFile.Open(path),
            WeightFormat.Npz => NpzFile.Open(path),
            _ => SafetensorsFile.Open(path),
        };
    }

    /// <summary>
    /// Reads a tensor: F32, F64, I32 and BOOL as they are, F16 and BF16 as F32, the other integers as I32 if every value
    /// fits.
    /// </summary>
    public Tensor Read(string name) => Read(byName.TryGetValue(name, out WeightEntry? entry) ? entry : throw Missing(name));

    /// <summary>Reads all tensors.</summary>
    public Dictionary<string, Tensor> ReadAll() => Names.ToDictionary(name => name, Read, StringComparer.Ordinal);

    public abstract void Dispose();

    private protected abstract Tensor Read(WeightEntry entry);

    private ArgumentException Missing(string name) =>
        new($"weights: {Path} holds no tensor {Printable.Name(name)}. It holds: {Printable.Line(string.Join(", ", Names.Take(20)))}.");
}
