using System.Buffers.Binary;
using System.IO.Compression;
using MiniGrad.Formats.Images;

namespace MiniGrad.Fuzz;

/// <summary>Valid PNG files of every colour type, some of each depth, interlaced and in pieces.</summary>
internal static class PngSeeds
{
    private const int Width = 11;
    private const int Height = 7;

    private static readonly (int Color, int Depth)[] Kinds =
        [(0, 1), (0, 2), (0, 16), (2, 8), (2, 16), (3, 1), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)];

    public static IReadOnlyList<byte[]> Make() =>
    [
        Png.Encode(new(5, 4, 1, SeedFile.Noise(20))),
        Png.Encode(new(5, 4, 4, SeedFile.Noise(80))),
        .. Kinds.Select(kind => Of(kind.Color, kind.Depth, interlace: 0)),
        .. Kinds.Select(kind => Of(kind.Color, kind.Depth, interlace: 1)),
    ];

    private static byte[] Of(int color, int depth, byte interlace)
    {
        byte[] header = [.. "IHDR"u8, .. new byte[8], (byte)depth, (byte)color, 0, 0, interlace];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), Height);
        byte[] packed = Packed(color, depth, interlace);
        int half = packed.Length / 2;
        return
        [
            0x89, .. "PNG\r\n\u001A\n"u8, .. PngEnvelope.Chunk(header),
            .. Extra(color, depth), .. PngEnvelope.Chunk([.. "IDAT"u8, .. packed[..half]]),
            .. PngEnvelope.Chunk([.. "IDAT"u8, .. packed[half..]]), .. PngEnvelope.Chunk("IEND"u8),
        ];
    }

    private static byte[] Extra(int color, int depth) => color switch
    {
        0 => PngEnvelope.Chunk([.. "tRNS"u8, 0, 1]),
        2 => [.. PngEnvelope.Chunk("gAMA\0\0\u0001\0"u8), .. PngEnvelope.Chunk([.. "tRNS"u8, 0, 1, 0, 2, 0, 3])],
        3 => [.. PngEnvelope.Chunk([.. "PLTE"u8, .. SeedFile.Noise(3 << depth)]), .. PngEnvelope.Chunk([.. "tRNS"u8, 9, 200])],
        _ => [],
    };

    /// <summary>Rows of noise; with a full palette every index has a colour.</summary>
    private static byte[] Packed(int color, int depth, byte interlace)
    {
        int samples = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        (int X, int Y, int StepX, int StepY)[] passes = interlace == 0
            ? [(0, 0, 1, 1)]
            : [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal))
        {
            foreach ((int x, int y, int stepX, int stepY) in passes)
            {
                int columns = (Width - x + stepX - 1) / stepX;
                for (int row = 0; row < (Height - y + stepY - 1) / stepY; row++)
                {
                    stream.WriteByte((byte)(row % 5));
                    stream.Write(SeedFile.Noise((columns * samples * depth + 7) / 8));
                }
            }
        }
        return packed.ToArray();
    }
}
