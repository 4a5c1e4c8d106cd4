using System.Buffers.Binary;

namespace MiniGrad.Tests.Formats;

/// <summary>
/// Writes JPEG files segment by segment and bit by bit, every field open to be wrong. Its Huffman codes are flat: four bits
/// for a DC category, eight for an AC symbol, each code being the symbol itself.
/// </summary>
internal static class TestJpeg
{
    public const int DcBits = 4, AcBits = 8;

    public static byte[] Start => [0xFF, 0xD8];

    public static byte[] End => [0xFF, 0xD9];

    /// <summary>Steps of 8, so that a DC difference of 1 is one level of grey.</summary>
    public static byte[] Steps { get; } = Segment(0xDB, [0, .. Enumerable.Repeat((byte)8, 64)]);

    public static byte[] Dc { get; } = Segment(0xC4, Table(0x00, DcBits, 12));

    public static byte[] Ac { get; } = Segment(0xC4, Table(0x10, AcBits, 255));

    public static byte[] Segment(byte marker, params byte[] body)
    {
        byte[] segment = [0xFF, marker, 0, 0, .. body];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(body.Length + 2));
        return segment;
    }

    /// <summary>A table of so many codes of one length for the symbols from 0.</summary>
    public static byte[] Table(byte kind, int bits, int symbols) =>
        [
            kind, .. Enumerable.Range(1, 16).Select(length => (byte)(length == bits ? symbols : 0)),
            .. Enumerable.Range(0, symbols).Select(symbol => (byte)symbol),
        ];

    /// <summary>A frame header; a component is its number, its sampling (0x21 is 2 × 1) and its quantisation table.</summary>
    public static byte[] Frame(byte marker, int width, int height, params (byte Id, byte Sampling, byte Table)[] components) =>
        Segment(marker, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width,
            (byte)components.Length, .. components.SelectMany(c => new[] { c.Id, c.Sampling, c.Table })]);

    public static byte[] Grey(byte marker, int width, int height) => Frame(marker, width, height, (1, 0x11, 0));

    public static byte[] Scan(byte[] ids, byte first = 0, byte last = 63, byte bits = 0) =>
        Segment(0xDA, [(byte)ids.Length, .. ids.SelectMany(id => new byte[] { id, 0 }), first, last, bits]);

    public static byte[] File(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>Entropy-coded bytes of (value, number of bits) pairs, filled up with ones, zeros stuffed behind 0xFF.</summary>
    public static byte[] Data(params (int Value, int Bits)[] fields)
    {
        List<byte> bytes = [];
        int window = 0;
        int count = 0;
        foreach ((int value, int bits) in fields)
        {
            for (int bit = bits - 1; bit >= 0; bit--) Push(value >> bit & 1);
        }
        while (count > 0) Push(1);
        return [.. bytes];

        void Push(int bit)
        {
            window = window << 1 | bit;
            if (++count < 8) return;
            bytes.Add((byte)window);
            if ((byte)window == 0xFF) bytes.Add(0);
            (window, count) = (0, 0);
        }
    }

    /// <summary>A block of one level: the difference of its DC coefficient to the one before, and the end of the block.</summary>
    public static (int Value, int Bits)[] Flat(int difference)
    {
        (int Value, int Bits)[] mean = Mean(difference);
        return [.. mean, (0, AcBits)];
    }

    /// <summary>A DC difference: its category, then its bits.</summary>
    public static (int Value, int Bits)[] Mean(int difference)
    {
        int category = 0;
        while (Math.Abs(difference) >> category > 0) category++;
        return [(category, DcBits), (difference < 0 ? difference + (1 << category) - 1 : difference, category)];
    }

    /// <summary>A whole baseline file: one grey row of 8 × 8 blocks with these levels less 128.</summary>
    public static byte[] Row(params int[] levels)
    {
        List<(int, int)> fields = [];
        for (int i = 0; i < levels.Length; i++) fields.AddRange(Flat(levels[i] - (i > 0 ? levels[i - 1] : 0)));
        return File(Start, Steps, Dc, Ac, Grey(0xC0, 8 * levels.Length, 8), Scan([1]), Data([.. fields]), End);
    }
}
