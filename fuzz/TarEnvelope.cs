using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>Tar archives: the files in them, and the checksums of the headers.</summary>
internal static class TarEnvelope
{
    private const int Block = 512;

    /// <summary>Anything, then every header of a tar archive that can still be found gets its checksum.</summary>
    public static byte[] Checks(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        byte[] changed = change(file);
        for (long at = 0; at <= changed.Length - Block;)
        {
            Span<byte> header = changed.AsSpan((int)at, Block);
            if (!header[257..].StartsWith("ustar"u8)) break;
            Sum(header);
            at += Block + (Size(header) + Block - 1) / Block * Block;
        }
        return changed;
    }

    /// <summary>The content of one entry of a tar archive; its size and padding follow.</summary>
    public static byte[] Entry(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        List<(int At, int Size)> entries = [];
        for (long at = 0; at <= file.Length - Block;)
        {
            ReadOnlySpan<byte> header = file.AsSpan((int)at, Block);
            long size = Size(header);
            if (!header[257..].StartsWith("ustar"u8) || size > file.Length - at - Block) break;
            entries.Add(((int)at, (int)size));
            at += Block + (size + Block - 1) / Block * Block;
        }
        if (entries.Count == 0) return change(file);
        (int start, int length) = dice.Of(entries);
        byte[] content = change(file.AsSpan(start + Block, length).ToArray());
        byte[] head = file[start..(start + Block)];
        Encoding.ASCII.GetBytes(Convert.ToString(content.Length, 8).PadLeft(11, '0') + " ").CopyTo(head.AsSpan(124));
        Sum(head);
        byte[] padding = new byte[(Block - content.Length % Block) % Block];
        int next = Math.Min(file.Length, start + Block + (length + Block - 1) / Block * Block);
        return [.. file[..start], .. head, .. content, .. padding, .. file[next..]];
    }

    /// <summary>The size in octal digits, 0 where there are others.</summary>
    private static long Size(ReadOnlySpan<byte> header)
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

    private static void Sum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header) sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }
}
