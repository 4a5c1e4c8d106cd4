using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniGrad.Fuzz;

/// <summary>
/// Changes a part of a file by <paramref name="change"/> and makes right what guards it (checksums, lengths, packing), so
/// that the reader gets past them to the change. A file without that part is changed as a whole.
/// </summary>
internal delegate byte[] Envelope(byte[] file, Dice dice, Func<byte[], byte[]> change);

/// <summary>Envelopes that are not of one format.</summary>
internal static class Envelopes
{
    /// <summary>The file as it is.</summary>
    public static byte[] Whole(byte[] file, Dice dice, Func<byte[], byte[]> change) => change(file);

    /// <summary>One envelope in another, such as a tar archive in gzip.</summary>
    public static Envelope Within(Envelope outer, Envelope inner) =>
        (file, dice, change) => outer(file, dice, part => inner(part, dice, change));

    /// <summary>
    /// What a little-endian length of 2, 4 or 8 bytes at <paramref name="at"/> counts, which follows it: the header of
    /// safetensors and NPY.
    /// </summary>
    public static Envelope Counted(int at, int width) => (file, _, change) =>
    {
        int start = at + width;
        if (file.Length < start) return change(file);
        Span<byte> field = stackalloc byte[8];
        field.Clear();
        file.AsSpan(at, width).CopyTo(field);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(field);
        if (length > (ulong)(file.Length - start)) return change(file);
        byte[] part = change(file[start..(start + (int)length)]);
        BinaryPrimitives.WriteInt64LittleEndian(field, part.Length);
        return [.. file[..at], .. field[..width], .. part, .. file[(start + (int)length)..]];
    };

    /// <summary>The content of a gzip file.</summary>
    internal static byte[] Gzip(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        if (file is not [0x1F, 0x8B, ..]) return change(file);
        using MemoryStream content = new();
        using (GZipStream stream = new(new MemoryStream(file), CompressionMode.Decompress)) stream.CopyTo(content);
        return SeedFile.Gzip(change(content.ToArray()));
    }

    /// <summary>The CRC-32 of PNG, gzip and zip, bit by bit: not the readers' own, so that a mistake in that one would show.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
        }
        return ~crc;
    }
}
