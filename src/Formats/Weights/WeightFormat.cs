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

/// <summary>
/// Tells the format of a file by its content. What nothing recognises is taken for
/// safetensors, whose reader says what is wrong.
/// </summary>
internal static class WeightFormats
{
    /// <summary>The format; with its directory where the file is a zip archive.</summary>
    public static (WeightFormat Format, ZipReader? Zip) Of(FileBytes file)
    {
        Span<byte> head = file.Head(stackalloc byte[FileSignature.HeadBytes]);
        // First: the length that a safetensors file begins with can look like anything.
        if (IsSafetensors(head, file.Length)) return (WeightFormat.Safetensors, null);
        if (head.StartsWith(FileSignature.Npy)) return (WeightFormat.Npy, null);
        if (FileSignature.IsZip(head))
        {
            ZipReader zip = new(file);
            return (IsNpz(zip) ? WeightFormat.Npz : WeightFormat.Torch, zip);
        }
        bool torch = FileSignature.IsTar(head) || FileSignature.IsPickle(head) || FileSignature.IsTextPickle(head);
        return (torch ? WeightFormat.Torch : WeightFormat.Safetensors, null);
    }

    /// <summary>A header length that fits the file, then a JSON object.</summary>
    public static bool IsSafetensors(ReadOnlySpan<byte> head, long length) =>
        head.Length > SafetensorsHeader.Prefix && head[SafetensorsHeader.Prefix] == '{'
        && BinaryPrimitives.ReadUInt64LittleEndian(head) <= (ulong)(length - SafetensorsHeader.Prefix);

    private static bool IsNpz(ZipReader zip) =>
        !TorchZip.Is(zip) && zip.Entries.Any(entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal));
}
