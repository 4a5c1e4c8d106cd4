using System.Buffers.Binary;

namespace MiniGrad.Fuzz;

/// <summary>JPEG: the content of one marker segment.</summary>
internal static class JpegEnvelope
{
    /// <summary>Changes the content of one segment; its length follows.</summary>
    public static byte[] Segment(byte[] file, Dice dice, Func<byte[], byte[]> change)
    {
        List<(int At, int Length)> segments = [];
        for (int at = 2; at + 4 <= file.Length && file[at] == 0xFF; at = segments[^1].At + 2 + segments[^1].Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
            if (length < 2 || length > file.Length - at - 2) break;
            segments.Add((at, length));
            // Packed pixels follow the header of a scan, up to the next marker that has a length.
            if (file[at + 1] == 0xDA) break;
        }
        if (segments.Count == 0) return change(file);
        (int start, int whole) = dice.Of(segments);
        byte[] content = change(file[(start + 4)..(start + 2 + whole)]);
        int declared = Math.Min(ushort.MaxValue, content.Length + 2);
        return [.. file[..(start + 2)], (byte)(declared >> 8), (byte)declared, .. content, .. file[(start + 2 + whole)..]];
    }
}
