using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniGrad.Fuzz;

/// <summary>Zip archives: what is packed in them, and the checksums of what is stored.</summary>
internal static class ZipEnvelope
{
    /// <summary>The content of one entry of a zip archive, which is packed anew, stored or deflated.</summary>
    public static byte[] Entry(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        if (file is not [(byte)'P', (byte)'K', ..]) return change(file);
        using ZipArchive old = new(new MemoryStream(file));
        if (old.Entries.Count == 0) return change(file);
        int one = dice.Below(old.Entries.Count);
        (string, byte[], CompressionLevel)[] files = new (string, byte[], CompressionLevel)[old.Entries.Count];
        for (int i = 0; i < files.Length; i++)
        {
            ZipArchiveEntry entry = old.Entries[i];
            using MemoryStream content = new();
            using (Stream stream = entry.Open()) stream.CopyTo(content);
            byte[] bytes = i == one ? change(content.ToArray()) : content.ToArray();
            files[i] = (entry.FullName, bytes, entry.CompressedLength != entry.Length
                ? CompressionLevel.Fastest
                : CompressionLevel.NoCompression);
        }
        return SeedFile.Zip(files);
    }

    /// <summary>Anything, then the stored entries of a zip archive that can still be found get their CRC.</summary>
    public static byte[] Checks(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        byte[] changed = change(file);
        Span<byte> bytes = changed;
        int end = bytes.LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || bytes.Length - end < 22) return changed;
        long at = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 16)..]);
        while (at <= bytes.Length - 46 && bytes[(int)at..].StartsWith("PK\u0001\u0002"u8))
        {
            Span<byte> entry = bytes[(int)at..];
            Sum(bytes, entry);
            at += 46 + U16(entry, 28) + U16(entry, 30) + U16(entry, 32);
        }
        return changed;
    }

    /// <summary>The checksum of one entry of the directory, there and in the header before the file.</summary>
    private static void Sum(Span<byte> bytes, Span<byte> entry)
    {
        long size = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
        long local = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        if (local > bytes.Length - 30 || U16(entry, 10) != 0) return;
        Span<byte> header = bytes[(int)local..];
        long data = local + 30 + U16(header, 26) + U16(header, 28);
        if (data + size > bytes.Length) return;
        uint crc = Envelopes.Crc(bytes.Slice((int)data, (int)size));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], crc);
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
