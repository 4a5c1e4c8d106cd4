using System.Buffers.Binary;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// An open safetensors file (https://github.com/huggingface/safetensors): its header is read and checked in full at
/// once, tensors are read by offset when asked for. Strict: a file that breaks any rule of the format is refused.
/// </summary>
internal sealed class SafetensorsFile : WeightFile
{
    private readonly FileBytes file;

    private SafetensorsFile(FileBytes file, SafetensorsHeader header) : base(file.Path, header.Entries, header.Metadata, [])
    {
        this.file = file;
        Entries = header.Entries;
    }

    /// <inheritdoc/>
    public override string Format => "safetensors";

    /// <summary>The tensors in the order of the header.</summary>
    public new IReadOnlyList<SafetensorsEntry> Entries { get; }

    internal static Func<string, long, string, BadFileException> Refusal { get; } =
        (path, offset, problem) => new SafetensorsException(path, offset, problem);

    /// <summary>Opens a file whose whole header is right.</summary>
    /// <exception cref="SafetensorsException">The file breaks the format.</exception>
    public static SafetensorsFile Open(string path) => FileBytes.Open(path, Refusal, Read);

    internal static SafetensorsFile Read(FileBytes file) => new(file, ReadHeader(file));

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    private protected override Tensor Read(WeightEntry entry) =>
        StoredTensor.Read(entry, new FileRange(file, ((SafetensorsEntry)entry).Begin, ((SafetensorsEntry)entry).ByteCount));

    private static SafetensorsHeader ReadHeader(FileBytes file)
    {
        long length = file.Length;
        if (length == 0) throw file.Bad(0, "the file is empty. Fetch it again");
        Span<byte> head = file.Head(stackalloc byte[FileSignature.HeadBytes]);
        ulong declared = head.Length < SafetensorsHeader.Prefix ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(head);
        bool plausible = WeightFormats.IsSafetensors(head, length);
        if (!plausible && ForeignFile.Describe(head, "weights") is { } foreign) throw file.Bad(0, $"the file {foreign}");
        if (head.Length < SafetensorsHeader.Prefix)
        {
            throw file.Bad(length, $"the file has {length} bytes, too few for the 8 of a header length. Fetch it again");
        }
        if (declared > SafetensorsHeader.MaxBytes)
        {
            throw file.Bad(0,
                $"the header length {declared} exceeds {SafetensorsHeader.MaxBytes}. This is no safetensors file, or a damaged one");
        }
        if (declared > (ulong)(length - SafetensorsHeader.Prefix))
        {
            throw file.Bad(0, $"the header length {declared} runs past the end of the file, which has {length} bytes. Fetch it again");
        }
        byte[] json = new byte[declared];
        file.Fill(json, SafetensorsHeader.Prefix);
        return SafetensorsHeader.Parse(file.Path, json, length);
    }
}

/// <summary>
/// One tensor of a safetensors file, and where its bytes lie (<paramref name="Begin"/> up to, not including,
/// <paramref name="End"/>, counted from the start of the file).
/// </summary>
internal sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long End) : WeightEntry(Name, DType, Shape)
{
    /// <summary>The bytes of its numbers.</summary>
    public long ByteCount => End - Begin;
}
