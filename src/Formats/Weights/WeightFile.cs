using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>An open file of named tensors in whatever format: its directory is read and checked at once, a tensor when asked for.</summary>
public abstract class WeightFile : IDisposable
{
    private readonly Dictionary<string, WeightEntry> byName;

    private protected WeightFile(
        string path, IReadOnlyList<WeightEntry> entries, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> notes)
    {
        Path = path;
        Entries = entries;
        Names = [.. entries.Select(entry => entry.Name)];
        Metadata = metadata;
        Notes = notes;
        byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The path that the file was opened by.</summary>
    public string Path { get; }

    /// <summary>The format in a few words.</summary>
    public abstract string Format { get; }

    /// <summary>The tensors in the order of the file.</summary>
    public IReadOnlyList<WeightEntry> Entries { get; }

    /// <summary>The names of the tensors in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Texts that stand beside the tensors, by their keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// What was decided while the file was opened, one line each: the part that was taken,
    /// the prefix that was taken off all names.
    /// </summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Opens a file by its content, whatever its name. Where a PyTorch file holds several sets of weights,
    /// <paramref name="state"/> chooses one by its path in the file, such as <c>ema</c> or <c>checkpoint.ema</c>.
    /// </summary>
    public static WeightFile Open(string path, string? state = null) =>
        FileBytes.Open(path, TorchFile.Refusal, file => Open(file, state));

    /// <summary>
    /// Reads a tensor: F32, F64, I32 and BOOL as they are, F16 and BF16 as F32, the other integers as I32 if every value
    /// fits.
    /// </summary>
    public Tensor Read(string name) => Read(byName.TryGetValue(name, out WeightEntry? entry) ? entry : throw Missing(name));

    /// <summary>Reads all tensors.</summary>
    public Dictionary<string, Tensor> ReadAll() => Names.ToDictionary(name => name, Read, StringComparer.Ordinal);

    /// <summary>Closes the file; tensors that were read stay.</summary>
    public abstract void Dispose();

    private protected abstract Tensor Read(WeightEntry entry);

    private static WeightFile Open(FileBytes file, string? state)
    {
        (WeightFormat format, ZipReader? zip) = WeightFormats.Of(file);
        if (state is not null && format is not WeightFormat.Torch)
        {
            Throw.Argument(
                $"weights: {file.Path} holds one set of tensors, there is no {Printable.Name(state)} to choose. Leave the choice out.");
        }
        switch (format)
        {
            case WeightFormat.Torch:
                return TorchFile.Read(file, zip, state);
            case WeightFormat.Npy:
                file.Refusal = NpyFile.Refusal;
                return NpyFile.Read(file);
            case WeightFormat.Npz:
                file.Refusal = NpyFile.Refusal;
                return NpzFile.Read(file, zip!);
            default:
                file.Refusal = SafetensorsFile.Refusal;
                return SafetensorsFile.Read(file);
        }
    }

    private ArgumentException Missing(string name) =>
        new($"weights: {Path} holds no tensor {Printable.Name(name)}. It holds: {Printable.Line(string.Join(", ", Names.Take(20)))}.");
}

/// <summary>
/// One tensor of a weight file: its name, the element type as the safetensors format writes it (F32, F64, F16, BF16,
/// I64, I32, I16, I8, U8, BOOL) and its shape.
/// </summary>
public record WeightEntry(string Name, string DType, long[] Shape)
{
    /// <summary>Whether a tensor can hold its type and its number of axes.</summary>
    public bool IsRead => StoredType.InTensor(DType) is not null && Shape.Length <= MiniGrad.Shape.MaxRank;

    /// <summary>
    /// The element type that <see cref="WeightFile.Read(string)"/> gives, in the same
    /// words; the stored one if it is not read.
    /// </summary>
    public string DTypeInTensor =>
        StoredType.InTensor(DType) switch { MiniGrad.DType.Bool => "BOOL", { } type => type.ToString(), null => DType };

    /// <summary>The number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Shape) count *= size;
            return count;
        }
    }
}
