using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MiniGrad.Formats.Images;

/// <summary>Writes 8-bit PNG; each row takes the filter whose output has the least sum of absolute differences.</summary>
internal static class PngEncoder
{
    public static byte[] Encode(PixelImage image)
    {
        using MemoryStream file = new();
        file.Write(FileSignature.Png);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch { 1 => PngColor.Grey, 2 => PngColor.GreyAlpha, 3 => PngColor.Rgb, _ => PngColor.Rgba });
        Chunk(file, "IHDR"u8, header);
        using (MemoryStream packed = new())
        {
            using (ZLibStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true)) PackRows(image, stream);
            Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        }
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void PackRows(PixelImage image, ZLibStream stream)
    {
        int length = image.Width * image.Channels;
        byte[] above = new byte[length];
        byte[] best = new byte[length + 1];
        byte[] next = new byte[length + 1];
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Pixels.AsSpan(y * length, length);
            long least = long.MaxValue;
            for (int filter = 0; filter < PngFilter.Count; filter++)
            {
                next[0] = (byte)filter;
                long sum = PngFilter.Apply(filter, row, above, image.Channels, next.AsSpan(1));
                if (sum >= least) continue;
                least = sum;
                (best, next) = (next, best);
            }
            stream.Write(best);
            row.CopyTo(above);
        }
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        byte[] chunk = new byte[4 + body.Length];
        type.CopyTo(chunk);
        body.CopyTo(chunk.AsSpan(4));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(chunk));
        file.Write(number);
    }
}
