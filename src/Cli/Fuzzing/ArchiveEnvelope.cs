using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniGrad.Cli.Fuzzing;

/// <summary>gzip, zip and tar: what is packed in them, and the checksums of what is not.</summary>
internal static class ArchiveEnvelope
{
    private const int TarBlock = 512;

    /// <summary>The content of a gzip file.</summary>
    public static byte[] Gzip(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        if (file is not [0x1F, 0x8B, ..]) return change(file);
        using MemoryStream content = new();
        using (GZipStream stream = new(new MemoryStream(file), CompressionMode.Decompress)) stream.CopyTo(content);
        using MemoryStream again = new();
        using (GZipStream stream = new(again, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(change(content.ToArray()));
        return again.ToArray();
    }

    /// <summary>The content of one entry of a zip archive, which is packed anew, stored or deflated.</summary>
    public static byte[] ZipEntry(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        if (file is not [(byte)'P', (byte)'K', ..]) return change(file);
        using ZipArchive old = new(new MemoryStream(file));
        if (old.Entries.Count == 0) return change(file);
        int one = dice.Below(old.Entries.Count);
        using MemoryStream again = new();
        using (ZipArchive archive = new(again, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = 0; i < old.Entries.Count; i++)
            {
                using MemoryStream content = new();
                using (Stream stream = old.Entries[i].Open()) stream.CopyTo(content);
                bool packed = old.Entries[i].CompressedLength != old.Entries[i].Length;
                ZipArchiveEntry entry = archive.CreateEntry(old.Entries[i].FullName, packed ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream target = entry.Open();
                target.Write(i == one ? change(content.ToArray()) : content.ToArray());
            }
        }
        return again.ToArray();
    }

    /// <summary>Anything, then the stored entries of a zip archive that can still be found get their CRC.</summary>
    public static byte[] ZipChecks(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        byte[] changed = change(file);
        Span<byte> bytes = changed;
        int end = bytes.LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || bytes.Length - end < 22) return changed;
        long at = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 16)..]);
        while (at <= bytes.Length - 46 && bytes[(int)at..].StartsWith("PK\u0001\u0002"u8))
        {
            Span<byte> entry = bytes[(int)at..];
            long size = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
            long local = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
            if (local <= bytes.Length - 30)
            {
                Span<byte> header = bytes[(int)local..];
                long data = local + 30 + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
                bool stored = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]) == 0;
                if (stored && data + size <= bytes.Length)
                {
                    uint crc = Envelopes.Crc(bytes.Slice((int)data, (int)size));
                    BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], crc);
                    BinaryPrimitives.WriteUInt32LittleEndian(header[14..], crc);
                }
            }
            at += 46 + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }
        return changed;
    }

    /// <summary>Anything, then every header of a tar archive that can still be found gets its checksum.</summary>
    public static byte[] TarChecks(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        byte[] changed = change(file);
        for (long at = 0; at <= changed.Length - TarBlock;)
        {
            Span<byte> header = changed.AsSpan((int)at, TarBlock);
            if (header.IndexOfAnyExcept((byte)0) < 0) break;
            SumTar(header);
            at += TarBlock + (TarSize(header) + TarBlock - 1) / TarBlock * TarBlock;
        }
        return changed;
    }

    /// <summary>The content of one entry of a tar archive; its size and padding follow.</summary>
    public static byte[] TarEntry(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        List<(int At, int Size)> entries = [];
        for (long at = 0; at <= file.Length - TarBlock;)
        {
            ReadOnlySpan<byte> header = file.AsSpan((int)at, TarBlock);
            long size = TarSize(header);
            if (header.IndexOfAnyExcept((byte)0) < 0 || size > file.Length - at - TarBlock) break;
            entries.Add(((int)at, (int)size));
            at += TarBlock + (size + TarBlock - 1) / TarBlock * TarBlock;
        }
        if (entries.Count == 0) return change(file);
        (int start, int length) = dice.Of(entries);
        byte[] content = change(file.AsSpan(start + TarBlock, length).ToArray());
        byte[] head = file[start..(start + TarBlock)];
        Encoding.ASCII.GetBytes(Convert.ToString(content.Length, 8).PadLeft(11, '0') + " ").CopyTo(head.AsSpan(124));
        SumTar(head);
        byte[] padding = new byte[(TarBlock - content.Length % TarBlock) % TarBlock];
        int next = Math.Min(file.Length, start + TarBlock + (length + TarBlock - 1) / TarBlock * TarBlock);
        return [.. file[..start], .. head, .. content, .. padding, .. file[next..]];
    }

    /// <summary>The size in octal digits, 0 where there are others.</summary>
    private static long TarSize(ReadOnlySpan<byte> header)
    {
        long size = 0;
        foreach (byte b in header.Slice(124, 12))
        {
            if (b is (byte)' ' or 0) continue;
            if (b is < (byte)'0' or > (byte)'7') return 0;
            size = 8 * size + b - '0';
        }
        return size;
    }

    private static void SumTar(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header) sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }
}
