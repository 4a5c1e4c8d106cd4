namespace MiniGrad.Probes.Attacks;

/// <summary>Squares within L∞: a window is ±radius in each channel, a start has stripes of one column.</summary>
internal sealed class SquareLinf : SquarePixels
{
    private double[] up;
    private double[] down;
    private (int Top, int Left, int Side)[] windows;

    public SquareLinf(SearchRows rows, double radius) : base(rows)
    {
        up = Array.ConvertAll(Clean, x => Math.Min(High, Inside(x, radius)));
        down = Array.ConvertAll(Clean, x => Math.Max(Low, Inside(x, -radius)));
        windows = new (int, int, int)[rows.Count];
    }

    public override void Start(int row, Rng rng)
    {
        uint[] bits = new uint[Channels * Width];
        rng.Bits(bits);
        windows[row] = (-1, -1, 0);
        for (int i = 0; i < Size; i++)
        {
            int stripe = i / (Height * Width) * Width + i % Width;
            int k = row * Size + i;
            TriedPixels[k] = (bits[stripe] >> 31 == 0 ? up : down)[k];
        }
    }

    public override void Try(int row, int side, Rng rng)
    {
        Span<uint> words = stackalloc uint[FirstSign + (Channels + 31) / 32];
        rng.Bits(words);
        windows[row] = (Place(words[0], Height - side + 1), Place(words[1], Width - side + 1), side);
        for (int channel = 0; channel < Channels; channel++) CopyWindow(row, channel, Sign(words, channel) > 0 ? up : down, TriedPixels);
    }

    protected override void Copy(int row, double[] from, double[] to)
    {
        if (windows[row].Side == 0) from.AsSpan(row * Size, Size).CopyTo(to.AsSpan(row * Size));
        else
        {
            for (int channel = 0; channel < Channels; channel++) CopyWindow(row, channel, from, to);
        }
    }

    protected override void TakeMore(int[] rows)
    {
        (up, down) = (Take(up, rows, Size), Take(down, rows, Size));
        windows = Array.ConvertAll(rows, row => windows[row]);
    }

    private void CopyWindow(int row, int channel, double[] from, double[] to)
    {
        (int top, int left, int side) = windows[row];
        int first = row * Size + (channel * Height + top) * Width + left;
        for (int line = 0; line < side; line++) from.AsSpan(first + line * Width, side).CopyTo(to.AsSpan(first + line * Width));
    }

    /// <summary>A pixel moved by a step as far as its type can say without going further.</summary>
    private double Inside(double x, double step)
    {
        double moved = IsSingle ? (float)(x + step) : x + step;
        if (Math.Abs(moved - x) <= Math.Abs(step)) return moved;
        if (IsSingle) return step > 0 ? MathF.BitDecrement((float)moved) : MathF.BitIncrement((float)moved);
        return step > 0 ? Math.BitDecrement(moved) : Math.BitIncrement(moved);
    }
}
