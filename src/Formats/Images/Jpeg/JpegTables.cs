using System.Buffers.Binary;

namespace MiniGrad.Formats.Images;

/// <summary>The quantisation and Huffman tables as they stand at a place in the file; later segments replace them.</summary>
internal sealed class JpegTables(string name)
{
    private const int Slots = 4;

    /// <summary>Zigzag order: where in a row-major block the k-th coefficient sent belongs.</summary>
    private static readonly byte[] Natural =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly ushort[]?[] steps = new ushort[Slots][];
    private readonly JpegHuffman?[] dc = new JpegHuffman[Slots];
    private readonly JpegHuffman?[] ac = new JpegHuffman[Slots];

    public static ReadOnlySpan<byte> ZigZag => Natural;

    public ushort[]? Steps(int slot) => steps[slot];

    public JpegHuffman? Dc(int slot) => slot < Slots ? dc[slot] : null;

    public JpegHuffman? Ac(int slot) => slot < Slots ? ac[slot] : null;

    /// <summary>Reads the content of a DQT segment that lies at <paramref name="at"/>.</summary>
    public void ReadSteps(ReadOnlySpan<byte> body, int at)
    {
        while (!body.IsEmpty)
        {
            (int wide, int slot) = (body[0] >> 4, body[0] & 15);
            if (wide > 1 || slot >= Slots) throw Bad(at, $"a quantisation table of kind 0x{body[0]:X2} does not exist");
            int length = 1 + JpegComponent.BlockSize * (1 + wide);
            if (body.Length < length)
            {
                throw Bad(at, $"a quantisation table of {length} bytes does not fit into the {body.Length} left of its segment");
            }
            ushort[] table = new ushort[JpegComponent.BlockSize];
            for (int k = 0; k < table.Length; k++)
            {
                int step = wide == 1 ? BinaryPrimitives.ReadUInt16BigEndian(body[(1 + 2 * k)..]) : body[1 + k];
                if (step == 0) throw Bad(at + 1 + k * (1 + wide), $"step {k} of quantisation table {slot} is 0");
                table[Natural[k]] = (ushort)step;
            }
            steps[slot] = table;
            body = body[length..];
            at += length;
        }
    }

    /// <summary>Reads the content of a DHT segment that lies at <paramref name="at"/>.</summary>
    public void ReadHuffman(ReadOnlySpan<byte> body, int at)
    {
        while (!body.IsEmpty)
        {
            (int kind, int slot) = (body[0] >> 4, body[0] & 15);
            if (kind > 1 || slot >= Slots) throw Bad(at, $"a Huffman table of kind 0x{body[0]:X2} does not exist");
            int start = 1 + JpegHuffman.LongestCode;
            if (body.Length < start) throw Bad(at, $"a Huffman table ends after {body.Length} of its first {start} bytes");
            ReadOnlySpan<byte> counts = body[1..start];
            int total = 0;
            foreach (byte count in counts) total += count;
            if (total > 256) throw Bad(at + 1, $"a Huffman table has {total} codes, at most 256 are possible");
            if (body.Length < start + total)
            {
                throw Bad(at, $"a Huffman table of {total} codes does not fit into the {body.Length} bytes left of its segment");
            }
            byte[] symbols = body.Slice(start, total).ToArray();
            // A category above 15 would be a number that no 8-bit image has.
            if (kind == 0 && symbols.AsSpan().ContainsAnyInRange((byte)16, byte.MaxValue))
            {
                throw Bad(at + start, $"Huffman table DC {slot} has a category above 15");
            }
            (kind == 0 ? dc : ac)[slot] = JpegHuffman.Of(counts, symbols)
                ?? throw Bad(at + 1, $"the code lengths of Huffman table {(kind == 0 ? "DC" : "AC")} {slot} make no code");
            body = body[(start + total)..];
            at += start + total;
        }
    }

    private JpegException Bad(long offset, string problem) => new(name, offset, problem);
}
