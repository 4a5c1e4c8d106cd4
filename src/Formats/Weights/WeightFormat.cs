using System.Buffers.Binary;
using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>The formats of files with named tensors.</summary>
internal enum WeightFormat
{
    Safetensors,
    Torch,
    Npz,
    Npy,
}

/// <summary>Tells the format of a file by its content. What nothing recognises is taken for safetensors, whose reader says what is wrong.</summary>
internal static class WeightFormats
{
    public static WeightFormat Of(string path)
    {
        using FileBytes file = TorchFile.OpenBytes(path);
        Span<byte> head = file.Head(stackalloc byte[512]);
        // First: the length that a safetensors file begins with can look like anything.
        if (IsSafetensors(head, file.Length)) return WeightFormat.Safetensors;
        if (head.StartsWith<byte>([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'])) return WeightFormat.Npy;
        if (IsZip(head)) return IsNpz(new ZipReader(file)) ? WeightFormat.Npz : WeightFormat.Torch;
        return IsTar(head) || IsPickle(head) ? WeightFormat.Torch : WeightFormat.Safetensors;
    }

    /// <summary>A header length that fits the file, then a JSON object.</summary>
    public static bool IsSafetensors(ReadOnlySpan<byte> head, long length) =>
        head.Length > SafetensorsHeader.Prefix && head[SafetensorsHeader.Prefix] == '{'
        && BinaryPrimitives.ReadUInt64LittleEndian(head) <= (ulong)(length - SafetensorsHeader.Prefix);

    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8);

    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length == 512 && head[257..].StartsWith("ustar"u8);

    /// <summary>A pickle of protocol 2 to 5; or of 0 or 1, which begins with the digits of PyTorch's number.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        (head.Length > 1 && head[0] == 0x80 && head[1] is >= 2 and <= 5) || head.StartsWith("L119547037146038801333356L"u8);

    private static bool IsNpz(ZipReader zip) =>
        !TorchZip.Is(zip) && zip.Entries.Any(entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal));
}
