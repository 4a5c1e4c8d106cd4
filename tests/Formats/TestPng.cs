using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniGrad.Tests.Formats;

/// <summary>
/// A PNG encoder that shares nothing with the one under test: it writes any colour type, depth, interlace, filter and
/// chunk order, bit by bit, and leaves every field open to be wrong.
/// </summary>
internal sealed class TestPng
{
    public int Width { get; init; } = 1;

    public int Height { get; init; } = 1;

    public int Depth { get; init; } = 8;

    public int Color { get; init; }

    public int Compression { get; init; }

    public int FilterMethod { get; init; }

    public int Interlace { get; init; }

    /// <summary>The filter of a row of a pass.</summary>
    public Func<int, int> Filter { get; init; } = row => row % 5;

    /// <summary>The sample of a channel at a column and a row, in [0, 2^Depth).</summary>
    public Func<int, int, int, int> Sample { get; init; } = (_, _, _) => 0;

    public byte[]? Palette { get; init; }

    public byte[]? Transparency { get; init; }

    /// <summary>Bytes per IDAT chunk.</summary>
    public int Split { get; init; } = int.MaxValue;

    public int Samples => Color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public static byte[] Signature => [137, 80, 78, 71, 13, 10, 26, 10];

    public byte[] Bytes() => File([Header(), .. Extra(), .. Data(), Chunk("IEND")]);

    public static byte[] File(params byte[][] chunks) => [.. Signature, .. chunks.SelectMany(c => c)];

    public byte[] Header()
    {
        byte[] body = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(body, Width);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(4), Height);
        (body[8], body[9], body[10], body[11], body[12]) =
            ((byte)Depth, (byte)Color, (byte)Compression, (byte)FilterMethod, (byte)Interlace);
        return Chunk("IHDR", body);
    }

    public List<byte[]> Extra()
    {
        List<byte[]> chunks = [Chunk("tEXt", "Title\0none"u8.ToArray())];
        if (Palette is not null) chunks.Add(Chunk("PLTE", Palette));
        if (Transparency is not null) chunks.Add(Chunk("tRNS", Transparency));
        return chunks;
    }

    public List<byte[]> Data()
    {
        byte[] packed = Pack(Rows());
        List<byte[]> chunks = [];
        for (int at = 0; at < packed.Length; at += Math.Min(Split, packed.Length - at))
        {
            chunks.Add(Chunk("IDAT", packed[at..(at + Math.Min(Split, packed.Length - at))]));
        }
        return chunks;
    }

    /// <summary>The filtered rows of all passes.</summary>
    public byte[] Rows()
    {
        List<byte> rows = [];
        if (Interlace == 0)
        {
            Pass(rows, [.. Enumerable.Range(0, Width)], [.. Enumerable.Range(0, Height)]);
            return [.. rows];
        }
        // The pattern as the standard prints it, eight by eight.
        string[] pattern = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"];
        for (char pass = '1'; pass <= '7'; pass++)
        {
            int[] ys = [.. Enumerable.Range(0, Height).Where(y => pattern[y % 8].Contains(pass))];
            int[] xs = [.. Enumerable.Range(0, Width).Where(x => Enumerable.Range(0, 8).Any(y => pattern[y][x % 8] == pass))];
            if (xs.Length > 0 && ys.Length > 0) Pass(rows, xs, ys);
        }
        return [.. rows];
    }

    public static byte[] Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Fastest)) stream.Write(bytes);
        return packed.ToArray();
    }

    public static byte[] Chunk(string type, params byte[] body)
    {
        byte[] chunk = new byte[12 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        body.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + body.Length), Crc(chunk.AsSpan(4, 4 + body.Length)));
        return chunk;
    }

    /// <summary>Gives every chunk that can still be found the checksum of its content.</summary>
    public static void MendChecksums(byte[] file)
    {
        for (int at = 8; at + 12 <= file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12) return;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + length), Crc(file.AsSpan(at + 4, 4 + length)));
            at += 12 + length;
        }
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool one = ((crc ^ (uint)(b >> bit)) & 1) != 0;
                crc >>= 1;
                if (one) crc ^= 0xEDB88320;
            }
        }
        return ~crc;
    }

    private void Pass(List<byte> rows, int[] xs, int[] ys)
    {
        int length = (xs.Length * Samples * Depth + 7) / 8;
        int distance = Math.Max(1, Samples * Depth / 8);
        byte[] above = new byte[length];
        for (int row = 0; row < ys.Length; row++)
        {
            byte[] raw = new byte[length];
            int bit = 0;
            foreach (int x in xs)
            {
                for (int channel = 0; channel < Samples; channel++)
                {
                    int sample = Sample(x, ys[row], channel);
                    for (int b = Depth - 1; b >= 0; b--, bit++)
                    {
                        if ((sample >> b & 1) != 0) raw[bit / 8] |= (byte)(0x80 >> bit % 8);
                    }
                }
            }
            int filter = Filter(row);
            rows.Add((byte)filter);
            for (int i = 0; i < length; i++)
            {
                int a = i >= distance ? raw[i - distance] : 0;
                int b = above[i];
                int c = i >= distance ? above[i - distance] : 0;
                int guess = a + b - c;
                int paeth = new[] { a, b, c }.MinBy(candidate => Math.Abs(guess - candidate));
                int[] predictions = [0, a, b, (a + b) / 2, paeth];
                rows.Add((byte)(raw[i] - (filter < 5 ? predictions[filter] : 0)));
            }
            above = raw;
        }
    }
}
