using System.Globalization;
using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// An open file of <c>torch.save</c> in any of its formats: zip, legacy stream, tar. Its pickle is read by a machine that
/// knows a dozen names and runs nothing.
/// </summary>
internal sealed class TorchFile : WeightFile
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

    /// <inheritdoc/>
    public override string Format { get; }

    internal static Func<string, long, string, BadFileException> Refusal { get; } = (path, offset, problem) =>
        new TorchException(path, offset, problem);

    /// <summary>Opens a file; where it holds several sets of weights, <paramref name="state"/> chooses one by its path.</summary>
    /// <exception cref="TorchException">The file breaks its format, asks for code to be run, or
    /// holds no weights or several sets.</exception>
    /// <exception cref="ArgumentException">There are no weights at the path that was chosen.</exception>
    public static new TorchFile Open(string path, string? state = null) => FileBytes.Open(path, Refusal, file =>
    {
        bool zip = FileSignature.IsZip(file.Head(stackalloc byte[FileSignature.HeadBytes]));
        return Read(file, zip ? new(file) : null, state);
    });

    /// <summary>The weights of an open file, which is a zip archive where its directory is given.</summary>
    internal static TorchFile Read(FileBytes file, ZipReader? zip, string? state)
    {
        bool tar = FileSignature.IsTar(file.Head(stackalloc byte[FileSignature.HeadBytes]));
        TorchContent content = zip is not null ? TorchZip.Read(file, zip) : tar ? TorchTar.Read(file) : TorchLegacy.Read(file);
        List<string> notes = [];
        TorchState chosen = TorchStates.Choose(file, content.Root, state);
        List<TorchEntry> entries = Entry(file, chosen, notes);
        return new(file, content.Format, entries, Values(content.Root, chosen, notes), notes);
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    /// <summary>
    /// The most bytes that a file's tensors may ask for together: several times what it holds, since tensors share storages
    /// and repeat elements, but not so much that a small file takes all memory.
    /// </summary>
    internal static long MostBytes(FileBytes file) => (16 << 20) + 4 * file.Length;

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
                throw file.Bad(tensor.At, $"the tensors up to {Printable.Name(name)} ask for {bytes} bytes, the file has {file.Length}. "
                    + "Save contiguous copies of them");
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
            else if (value is not null && chosen.Path.Length > 0 && chosen.Path.Split('.')[0] != name && aside.Count < 20)
            {
                aside.Add(Printable.Line(name));
            }
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

/// <summary>What a container of PyTorch held: the object that was saved, and in which format.</summary>
internal sealed record TorchContent(string Format, object? Root);

/// <summary>What wrappers of networks put before all names: data parallelism, compilation, a network inside of another.</summary>
internal static class WrapperPrefix
{
    private static readonly string[] Known = ["module.", "model.", "net.", "network.", "backbone.", "_orig_mod.", "_model."];

    /// <summary>The known prefixes, one after another, that every name begins with; a name of nothing else keeps its last.</summary>
    public static string Of(IReadOnlyCollection<string> names)
    {
        string prefix = "";
        while (names.Count > 0)
        {
            string? next = Array.Find(Known, known => names.All(name => Follows(name, prefix.Length, known)));
            if (next is null) return prefix;
            prefix += next;
        }
        return prefix;
    }

    private static bool Follows(string name, int at, string known) => name.Length > at + known.Length && name.AsSpan(at).StartsWith(known);
}
