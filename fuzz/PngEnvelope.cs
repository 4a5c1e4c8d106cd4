using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>PNG: CRCs of chunks, one chunk's content, the packed rows.</summary>
internal static class PngEnvelope
{
    private const int Signature = 8;

    /// <summary>Anything, then every chunk that can still be found gets its CRC.</summary>
    public static byte[] Checks(byte[] file, Dice dice, Func<byte[], byte[]> change) =>
        Join(Split(change(file), out byte[] head, out byte[] tail), head, tail);

    /// <summary>The type and content of one chunk.</summary>
    public static byte[] Content(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        List<byte[]> chunks = Split(file, out byte[] head, out byte[] tail);
        if (chunks.Count == 0) return change(file);
        int one = dice.Below(chunks.Count);
        byte[] content = change(chunks[one]);
        chunks[one] = content.Length < 4 ? [.. content, .. new byte[4 - content.Length]] : content;
        return Join(chunks, head, tail);
    }

    /// <summary>The filtered rows behind the compression, which end up in one chunk.</summary>
    public static byte[] Rows(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        List<byte[]> chunks = Split(file, out byte[] head, out byte[] tail);
        int first = chunks.FindIndex(IsData);
        if (first < 0) return change(file);
        byte[] packed = [.. chunks.Where(IsData).SelectMany(chunk => chunk[4..])];
        using MemoryStream rows = new();
        using (ZLibStream stream = new(new MemoryStream(packed), CompressionMode.Decompress)) stream.CopyTo(rows);
        using MemoryStream again = new();
        again.Write("IDAT"u8);
        using (ZLibStream stream = new(again, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(change(rows.ToArray()));
        chunks.RemoveAll(IsData);
        chunks.Insert(first, again.ToArray());
        return Join(chunks, head, tail);
    }

    /// <summary>A chunk with its length and CRC around the type and the content.</summary>
    public static byte[] Chunk(ReadOnlySpan<byte> content)
    {
        byte[] chunk = new byte[content.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length - 4);
        content.CopyTo(chunk.AsSpan(4));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Envelopes.Crc(content));
        return chunk;
    }

    private static bool IsData(byte[] chunk) => Encoding.ASCII.GetString(chunk, 0, 4) == "IDAT";

    /// <summary>Type and content of the chunks that can be found, and what lies before and after them.</summary>
    private static List<byte[]> Split(byte[] file, out byte[] head, out byte[] tail)
    {
        List<byte[]> chunks = [];
        int at = Math.Min(Signature, file.Length);
        head = file[..at];
        while (file.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12) break;
            chunks.Add(file[(at + 4)..(at + 8 + (int)length)]);
            at += 12 + (int)length;
        }
        tail = file[at..];
        return chunks;
    }

    private static byte[] Join(List<byte[]> chunks, byte[] head, byte[] tail) =>
        [.. head, .. chunks.SelectMany(chunk => Chunk(chunk)), .. tail];
}
