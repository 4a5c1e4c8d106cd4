namespace MiniGrad.Formats.Images;

/// <summary>
/// A canonical Huffman code of bytes (T.81, annex C): short codes by one look-up, longer ones by the limit of their length.
/// </summary>
internal sealed class JpegHuffman
{
    public const int LongestCode = 16;
    public const int ShortBits = 9;

    private readonly byte[] symbols;

    /// <summary>Per length, the first code behind those of the length, its bits moved to the top of 16.</summary>
    private readonly int[] limits = new int[LongestCode + 1];

    /// <summary>Per length, what to add to a code to find its symbol.</summary>
    private readonly int[] offsets = new int[LongestCode + 1];

    /// <summary>Length · 256 + symbol for every beginning of a short code, 0 for longer ones.</summary>
    private readonly ushort[] shorts = new ushort[1 << ShortBits];

    private JpegHuffman(byte[] symbols) => this.symbols = symbols;

    /// <summary>
    /// The code with so many words of each length 1 to 16; null where they do not fit, the word of all ones being forbidden.
    /// </summary>
    public static JpegHuffman? Of(ReadOnlySpan<byte> counts, byte[] symbols)
    {
        JpegHuffman table = new(symbols);
        int code = 0;
        int next = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            table.offsets[length] = next - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, next++)
            {
                // An overfull code is refused behind the loop; until then its words must not leave the table.
                if (length > ShortBits || code >= 1 << length) continue;
                int fill = ShortBits - length;
                table.shorts.AsSpan(code << fill, 1 << fill).Fill((ushort)(length << 8 | symbols[next]));
            }
            if (counts[length - 1] > 0 && code >= 1 << length) return null;
            table.limits[length] = code << (LongestCode - length);
            code <<= 1;
        }
        return table;
    }

    public ushort Short(int bits) => shorts[bits];

    /// <summary>The length and symbol of the code that starts these 16 bits; length 0 where there is none.</summary>
    public (int Length, byte Symbol) Long(int bits)
    {
        for (int length = 1; length <= LongestCode; length++)
        {
            if (bits < limits[length]) return (length, symbols[(bits >> (LongestCode - length)) + offsets[length]]);
        }
        return default;
    }
}
