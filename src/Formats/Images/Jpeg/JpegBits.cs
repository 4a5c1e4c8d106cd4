namespace MiniGrad.Formats.Images;

/// <summary>
/// The bits of a scan's entropy-coded data. The zero stuffed behind a byte 0xFF is dropped; a marker ends the bits, behind
/// which zeros follow that <see cref="CheckEnd"/> refuses once they are used.
/// </summary>
internal ref struct JpegBits
{
    private const int WindowBits = 64;

    private readonly ReadOnlySpan<byte> data;
    private readonly string name;
    private int at;
    private ulong window;
    private int count;
    private int padding;

    public JpegBits(ReadOnlySpan<byte> data, JpegScan scan, string name)
    {
        this.data = data[..scan.End];
        this.name = name;
        at = scan.Start;
    }

    /// <summary>The symbol of the next code.</summary>
    public byte Symbol(JpegHuffman table)
    {
        // Enough for the longest code and the number behind it.
        if (count < 2 * JpegHuffman.LongestCode) Fill();
        int entry = table.Short((int)(window >> (WindowBits - JpegHuffman.ShortBits)));
        if (entry != 0)
        {
            Skip(entry >> 8);
            return (byte)entry;
        }
        (int length, byte symbol) = table.Long((int)(window >> (WindowBits - JpegHuffman.LongestCode)));
        if (length == 0) throw Bad("bits that are no Huffman code");
        Skip(length);
        return symbol;
    }

    /// <summary>An unsigned number of 0 to 16 bits.</summary>
    public int Number(int bits)
    {
        if (bits == 0) return 0;
        if (count < bits) Fill();
        int value = (int)(window >> (WindowBits - bits));
        Skip(bits);
        return value;
    }

    /// <summary>A number of a category (T.81, F.2.2.1): the lower half of its codes are the negative ones.</summary>
    public int Signed(int bits)
    {
        int value = Number(bits);
        return bits > 0 && value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
    }

    public void CheckEnd()
    {
        if (padding > count) throw Bad("");
    }

    /// <summary>Goes behind the restart marker of this number (0 to 7), which must be the next.</summary>
    public void Restart(int number)
    {
        // Bits are never fetched from behind a marker, so that it still lies ahead.
        while (at + 1 < data.Length && !(data[at] == 0xFF && JpegMarker.IsRestart(data[at + 1]))) at++;
        if (at + 1 >= data.Length)
        {
            throw new JpegException(name, data.Length,
                $"restart marker {number} is missing: the image data ends early. Fetch the file again");
        }
        int found = data[at + 1] - JpegMarker.Restart0;
        if (found != number)
        {
            throw new JpegException(name, at, $"restart marker {found} stands where {number} should. The file is damaged: fetch it again");
        }
        at += 2;
        (window, count, padding) = (0, 0, 0);
    }

    /// <summary>What is wrong at the current place; running out of data is the cause before any other.</summary>
    public readonly JpegException Bad(string problem)
    {
        if (padding > count) return new(name, at, "the image data ends early. The file is cut short or damaged: fetch it again");
        return new(name, Math.Max(0, at - (count - padding + 7) / 8), $"the image data is damaged: {problem}. Fetch the file again");
    }

    private void Skip(int bits)
    {
        window <<= bits;
        count -= bits;
    }

    private void Fill()
    {
        while (count <= WindowBits - 8)
        {
            int value = 0;
            if (padding > 0 || (value = Next()) < 0)
            {
                padding += WindowBits - count;
                count = WindowBits;
                return;
            }
            window |= (ulong)value << (WindowBits - 8 - count);
            count += 8;
        }
    }

    /// <summary>The next byte of data, −1 at a marker or the end.</summary>
    private int Next()
    {
        if (at >= data.Length) return -1;
        if (data[at] != 0xFF) return data[at++];
        int behind = at + 1;
        while (behind < data.Length && data[behind] == 0xFF) behind++;
        if (behind == data.Length || data[behind] != 0) return -1;
        at = behind + 1;
        return 0xFF;
    }
}
