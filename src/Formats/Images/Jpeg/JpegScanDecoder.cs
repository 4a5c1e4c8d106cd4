namespace MiniGrad.Formats.Images;

/// <summary>Decodes one scan into its components, MCU by MCU (T.81, annexes F and G).</summary>
internal sealed class JpegScanDecoder(JpegFrame frame, JpegScan scan, byte[] data, string name)
{
    /// <summary>The symbol of sixteen zeros in a row.</summary>
    private const int ZeroRun = 0xF0;

    private readonly int[] predictions = new int[scan.Parts.Length];
    private readonly short[] scratch = new short[JpegComponent.BlockSize];

    /// <summary>Blocks still to come whose band is empty.</summary>
    private int emptyBands;

    public void Decode()
    {
        JpegBits bits = new(data, scan, name);
        JpegComponent single = scan.Parts[0].Component;
        bool interleaved = scan.Parts.Length > 1;
        int wide = interleaved ? frame.McusWide : single.BlocksWide;
        int high = interleaved ? frame.McusHigh : single.BlocksHigh;
        int untilRestart = scan.RestartInterval;
        int restarts = 0;
        for (int y = 0; y < high; y++)
        {
            for (int x = 0; x < wide; x++, untilRestart--)
            {
                if (scan.RestartInterval > 0 && untilRestart == 0)
                {
                    bits.Restart(restarts++ & 7);
                    Array.Clear(predictions);
                    emptyBands = 0;
                    untilRestart = scan.RestartInterval;
                }
                if (interleaved) ReadMcu(ref bits, x, y);
                else ReadBlock(ref bits, 0, x, y);
                bits.CheckEnd();
            }
        }
    }

    private void ReadMcu(ref JpegBits bits, int x, int y)
    {
        for (int i = 0; i < scan.Parts.Length; i++)
        {
            JpegComponent component = scan.Parts[i].Component;
            for (int v = 0; v < component.Down; v++)
            {
                for (int h = 0; h < component.Across; h++) ReadBlock(ref bits, i, x * component.Across + h, y * component.Down + v);
            }
        }
    }

    private void ReadBlock(ref JpegBits bits, int index, int x, int y)
    {
        JpegPart part = scan.Parts[index];
        // The blocks that fill the last MCUs of a row or column are coded, but belong to no image.
        bool inside = x < part.Component.BlocksWide && y < part.Component.BlocksHigh;
        if (!frame.Progressive)
        {
            ReadWhole(ref bits, part, ref predictions[index]);
            if (inside) part.Component.Put(x, y, scratch);
            return;
        }
        Span<short> block = inside ? part.Component.Coefficients(x, y) : scratch;
        if (scan.First > 0)
        {
            if (scan.Refines) RefineBand(ref bits, part.Ac!, block);
            else ReadBand(ref bits, part.Ac!, block);
        }
        else if (scan.Refines)
        {
            block[0] |= (short)(bits.Number(1) << scan.Low);
        }
        else
        {
            predictions[index] += bits.Signed(bits.Symbol(part.Dc!));
            block[0] = (short)(predictions[index] << scan.Low);
        }
    }

    private void ReadWhole(ref JpegBits bits, JpegPart part, ref int prediction)
    {
        Span<short> block = scratch;
        ReadOnlySpan<byte> zigzag = JpegTables.ZigZag;
        block.Clear();
        prediction += bits.Signed(bits.Symbol(part.Dc!));
        block[0] = (short)prediction;
        for (int k = 1; k < block.Length; k++)
        {
            int symbol = bits.Symbol(part.Ac!);
            int size = symbol & 15;
            if (size == 0 && symbol != ZeroRun) return;
            k += symbol >> 4;
            if (k >= block.Length) throw bits.Bad("a run of zeros leaves its block");
            block[zigzag[k]] = (short)bits.Signed(size);
        }
    }

    private void ReadBand(ref JpegBits bits, JpegHuffman table, Span<short> block)
    {
        if (emptyBands > 0)
        {
            emptyBands--;
            return;
        }
        ReadOnlySpan<byte> zigzag = JpegTables.ZigZag;
        for (int k = scan.First; k <= scan.Last; k++)
        {
            int symbol = bits.Symbol(table);
            (int run, int size) = (symbol >> 4, symbol & 15);
            if (size == 0 && symbol != ZeroRun)
            {
                emptyBands = (1 << run) + bits.Number(run) - 1;
                return;
            }
            k += run;
            if (k > scan.Last) throw bits.Bad("a run of zeros leaves its band");
            block[zigzag[k]] = (short)(bits.Signed(size) << scan.Low);
        }
    }

    /// <summary>One more bit of the coefficients already known, and new ones of that bit (T.81, G.1.2.3).</summary>
    private void RefineBand(ref JpegBits bits, JpegHuffman table, Span<short> block)
    {
        ReadOnlySpan<byte> zigzag = JpegTables.ZigZag;
        int k = scan.First;
        while (emptyBands == 0 && k <= scan.Last)
        {
            int symbol = bits.Symbol(table);
            (int run, int size) = (symbol >> 4, symbol & 15);
            if (size > 1) throw bits.Bad("a refined coefficient of more than one bit");
            if (size == 0 && symbol != ZeroRun)
            {
                emptyBands = (1 << run) + bits.Number(run);
                break;
            }
            int fresh = size == 0 ? 0 : bits.Number(1) == 1 ? 1 << scan.Low : -1 << scan.Low;
            // The run counts the zeros only; what lies between them is refined on the way.
            for (; k <= scan.Last; k++)
            {
                ref short value = ref block[zigzag[k]];
                if (value != 0) Refine(ref bits, ref value);
                else if (--run < 0) break;
            }
            if (k > scan.Last) throw bits.Bad("a run of zeros leaves its band");
            if (fresh != 0) block[zigzag[k]] = (short)fresh;
            k++;
        }
        if (emptyBands == 0) return;
        emptyBands--;
        for (; k <= scan.Last; k++)
        {
            ref short value = ref block[zigzag[k]];
            if (value != 0) Refine(ref bits, ref value);
        }
    }

    private void Refine(ref JpegBits bits, ref short value)
    {
        if (bits.Number(1) == 0) return;
        value = (short)(value >= 0 ? value + (1 << scan.Low) : value - (1 << scan.Low));
    }
}

/// <summary>A component in a scan, with the Huffman codes that stood when the scan began.</summary>
internal sealed record JpegPart(JpegComponent Component, JpegHuffman? Dc, JpegHuffman? Ac);

/// <summary>
/// One scan: the components and, in a progressive image, the band of coefficients in zigzag order and the bits of them
/// that it sends (all but the low <paramref name="Low"/>; only that one bit when <paramref name="Refines"/>).
/// </summary>
/// <param name="Parts">The components, interleaved where there are several.</param>
/// <param name="First">The first coefficient of the band.</param>
/// <param name="Last">The last one.</param>
/// <param name="Refines">Whether earlier scans sent the higher bits.</param>
/// <param name="Low">The bit position down to which coefficients are sent.</param>
/// <param name="RestartInterval">MCUs between restart markers, 0 without any.</param>
/// <param name="Start">Where the entropy-coded data begins in the file.</param>
/// <param name="End">Where it ends.</param>
internal sealed record JpegScan(JpegPart[] Parts, int First, int Last, bool Refines, int Low, int RestartInterval, int Start, int End);
