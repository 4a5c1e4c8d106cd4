using System.Globalization;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// An open file of <c>torch.save</c> in any of its formats: zip, legacy stream, tar. Its pickle is read by a machine that
/// knows a dozen names and runs nothing.
/// </summary>
public sealed class TorchFile : WeightFile
{
    private const int MostMetadata = 1000;
    private const int LongestValue = 1000;

    private readonly FileBytes file;

    private TorchFile(FileBytes file, string format, List<TorchEntry> entries, Dictionary<string, string> metadata, List<string> notes)
        : base(file.Path, entries, metadata, notes)
    {
        this.file = file;
        Format = format;
    }

    public override string Format { get; }

    /// <summary>Opens a file; where it holds several sets of weights, <paramref name="state"/> chooses one by its path.</summary>
    public static new TorchFile Open(string path, string? state = null)
    {
        FileBytes file = OpenBytes(path);
        try
        {
            Span<byte> head = file.Head(stackalloc byte[512]);
            TorchContent content = WeightFormats.IsZip(head) ? TorchZip.Read(file) : WeightFormats.IsTar(head) ? TorchTar.Read(file) : TorchLegacy.Read(file);
            List<string> notes = [];
            TorchState chosen = TorchStates.Choose(file, content.Root, state);
            List<TorchEntry> entries = Entry(file, chosen, notes);
            return new(file, content.Format, entries, Values(content.Root, chosen, notes), notes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override void Dispose() => file.Dispose();

    /// <summary>
    /// The most bytes that a file's tensors may ask for together: several times what it holds, since tensors share storages
    /// and repeat elements, but not so much that a small file takes all memory.
    /// </summary>
    internal static long MostBytes(FileBytes file) => (16 << 20) + 4 * file.Length;

    internal static FileBytes OpenBytes(string path) => FileBytes.Open(path, (path, offset, problem) => new TorchException(path, offset, problem));

    private protected override Tensor Read(WeightEntry entry)
    {
        TorchTensor tensor = ((TorchEntry)entry).Place;
        int width = StoredType.Size(entry.DType);
        return tensor.IsContiguous
            ? StoredTensor.Read(entry, tensor.Storage.Bytes, tensor.Offset * width)
            : StoredTensor.Gather(entry, tensor.Storage.Bytes, tensor.Offset, tensor.Strides);
    }

    private static List<TorchEntry> Entry(FileBytes file, TorchState state, List<string> notes)
    {
        if (state.Path.Length > 0) notes.Add($"the tensors are those of {state} in the file");
        string prefix = WrapperPrefix.Of([.. state.Tensors.Select(tensor => tensor.Name)]);
        if (prefix.Length > 0) notes.Add($"the prefix \"{prefix}\" was taken off {state.Tensors.Count} names");
        List<TorchEntry> entries = new(state.Tensors.Count);
        Int128 bytes = 0;
        foreach ((string name, TorchTensor tensor) in state.Tensors)
        {
            bytes += (Int128)Math.Max(tensor.Count, tensor.Reach) * StoredType.Size(tensor.Storage.DType);
            if (bytes > MostBytes(file))
            {
                throw file.Bad(tensor.At, $"the tensors up to {Printable.Name(name)} ask for {bytes} bytes, the file has {file.Length}. Save contiguous copies of them");
            }
            entries.Add(new(name[prefix.Length..], tensor.Storage.DType, tensor.Shape, tensor));
        }
        return entries;
    }

    /// <summary>The numbers and texts beside the tensors; what else there was is said.</summary>
    private static Dictionary<string, string> Values(object? root, TorchState chosen, List<string> notes)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        List<string> aside = [];
        foreach ((object? key, object? value) in root is PickleDictionary top ? top.Pairs : [])
        {
            if (key is not string name || values.Count == MostMetadata) continue;
            if (Text(value) is { } text) values.TryAdd(name, text);
            else if (value is not null && chosen.Path.Length > 0 && chosen.Path.Split('.')[0] != name && aside.Count < 20) aside.Add(Printable.Line(name));
        }
        foreach ((string name, object? value) in chosen.Others)
        {
            if (Text(value) is { } text && values.Count < MostMetadata) values.TryAdd(name, text);
        }
        if (aside.Count > 0) notes.Add($"left aside: {string.Join(", ", aside)}");
        return values;
    }

    private static string? Text(object? value) => value switch
    {
        string text => text.Length <= LongestValue ? text : null,
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        _ => null,
    };

    /// <summary>An entry, and where its elements lie.</summary>
    private sealed record TorchEntry(string Name, string DType, long[] Shape, TorchTensor Place) : WeightEntry(Name, DType, Shape);
}
