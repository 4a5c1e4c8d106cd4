namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Squares within L2: a window takes a pattern of two pyramids, one up and one down, mixed with the direction that it had, and as much
/// length as it had itself, another window gives up, and the whole does not use. Algorithm 3 of arXiv:1912.00049.
/// </summary>
internal sealed class SquareL2 : SquarePixels
{
    private const int StartTiles = 5;
    private const int SmallestSide = 3;

    private readonly double radius;
    private readonly Dictionary<int, double[]> patterns = [];
    private readonly double[] change;

    public SquareL2(SearchRows rows, double radius) : base(rows)
    {
        this.radius = radius;
        change = new double[Size];
    }

    /// <summary>Odd, and at least 3, where the image has room for that.</summary>
    public override int Side(double share)
    {
        int side = Math.Max(SmallestSide, (int)Math.Round(Math.Sqrt(share * Height * Width)));
        return Math.Min(side % 2 == 0 ? side + 1 : side, Math.Min(Height, Width));
    }

    /// <summary>Tiles of the pattern, about five along each side, each turned and signed at random.</summary>
    public override void Start(int row, Rng rng)
    {
        int side = Math.Max(1, Math.Min(Height, Width) / StartTiles);
        (int down, int across) = (Height / side, Width / side);
        (int top, int left) = ((Height - down * side) / 2, (Width - across * side) / 2);
        change.AsSpan().Clear();
        uint[] words = new uint[FirstSign + (Channels + 31) / 32];
        for (int tile = 0; tile < down * across; tile++)
        {
            rng.At(tile).Bits(words);
            Window window = new(top + tile / across * side, left + tile % across * side, side);
            for (int channel = 0; channel < Channels; channel++) Add(window, channel, IsTurned(words), Sign(words, channel), change);
        }
        Write(row);
    }

    public override void Try(int row, int side, Rng rng)
    {
        Span<uint> words = stackalloc uint[FirstSign + (Channels + 31) / 32];
        rng.Bits(words);
        Window taking = new(Place(words[0], Height - side + 1), Place(words[1], Width - side + 1), side);
        Window giving = new(Place(words[2], Height - side + 1), Place(words[3], Width - side + 1), side);
        for (int i = 0; i < Size; i++) change[i] = KeptPixels[row * Size + i] - Clean[row * Size + i];
        double unused = Math.Max(0, radius * radius - Squares(change));
        for (int channel = 0; channel < Channels; channel++)
        {
            double own = Math.Sqrt(Squares(taking, channel));
            double available = Math.Sqrt(own * own + SquaresOutside(giving, taking, channel) + unused / Channels);
            Scale(giving, channel, 0, except: taking);
            Scale(taking, channel, own > 0 ? 1 / own : 0);
            Add(taking, channel, IsTurned(words), Sign(words, channel), change);
            double mixed = Math.Sqrt(Squares(taking, channel));
            Scale(taking, channel, mixed > 0 ? available / mixed : 0);
        }
        Write(row);
    }

    /// <summary>The scaling changes every pixel.</summary>
    protected override void Copy(int row, double[] from, double[] to) => from.AsSpan(row * Size, Size).CopyTo(to.AsSpan(row * Size));

    protected override void TakeMore(int[] rows)
    {
    }

    /// <summary>
    /// The pattern of a side, of length 1: its upper half a pyramid, its lower half another one upside down. A pyramid is the sum of
    /// 1/k² over the rings k that hold a pixel, from the outermost in.
    /// </summary>
    internal static double[] Pattern(int side)
    {
        double[] pattern = new double[side * side];
        int half = side / 2;
        Pyramid(pattern.AsSpan(0, half * side), half, side, 1);
        Pyramid(pattern.AsSpan(half * side), side - half, side, -1);
        double length = Math.Sqrt(Squares(pattern));
        return Array.ConvertAll(pattern, value => value / length);
    }

    private static void Pyramid(Span<double> values, int height, int width, int sign)
    {
        if (height == 0) return;
        int rings = Math.Max(height / 2, width / 2) + 1;
        for (int i = 0; i < values.Length; i++)
        {
            int ring = Math.Max(Math.Abs(i / width - height / 2), Math.Abs(i % width - width / 2));
            for (int k = ring + 1; k <= rings; k++) values[i] += 1.0 / (k * k);
        }
        double length = Math.Sqrt(Squares(values));
        foreach (ref double value in values) value *= sign / length;
    }

    /// <summary>The image of the change, scaled to the radius and clipped; as much within it as its type could round it out.</summary>
    private void Write(int row)
    {
        double rounding = Math.Sqrt(Size) * (IsSingle ? 6e-8 : 1.2e-16) * Math.Max(Math.Abs(Low), Math.Abs(High));
        double inside = Math.Max(radius / 2, radius - rounding);
        double length = Math.Sqrt(Squares(change));
        double scale = length > 0 ? inside / length : 0;
        for (int i = 0; i < Size; i++)
        {
            double pixel = Math.Clamp(Clean[row * Size + i] + change[i] * scale, Low, High);
            TriedPixels[row * Size + i] = IsSingle ? (float)pixel : pixel;
        }
    }

    private void Add(Window window, int channel, bool isTurned, double sign, double[] to)
    {
        if (!patterns.TryGetValue(window.Side, out double[]? pattern)) patterns[window.Side] = pattern = Pattern(window.Side);
        for (int y = 0; y < window.Side; y++)
        {
            for (int x = 0; x < window.Side; x++)
            {
                to[At(channel, window.Top + y, window.Left + x)] += sign * pattern[isTurned ? x * window.Side + y : y * window.Side + x];
            }
        }
    }

    private void Scale(Window window, int channel, double factor, Window? except = null)
    {
        for (int y = window.Top; y < window.Top + window.Side; y++)
        {
            for (int x = window.Left; x < window.Left + window.Side; x++)
            {
                if (except?.Holds(y, x) != true) change[At(channel, y, x)] *= factor;
            }
        }
    }

    private double Squares(Window window, int channel) => SquaresOutside(window, null, channel);

    private double SquaresOutside(Window window, Window? other, int channel)
    {
        double sum = 0;
        for (int y = window.Top; y < window.Top + window.Side; y++)
        {
            for (int x = window.Left; x < window.Left + window.Side; x++)
            {
                if (other?.Holds(y, x) == true) continue;
                double value = change[At(channel, y, x)];
                sum += value * value;
            }
        }
        return sum;
    }

    private static double Squares(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value * value;
        return sum;
    }

    private int At(int channel, int y, int x) => (channel * Height + y) * Width + x;

    private static bool IsTurned(ReadOnlySpan<uint> words) => words[4] >> 31 == 1;

    private readonly record struct Window(int Top, int Left, int Side)
    {
        public bool Holds(int y, int x) => y >= Top && y < Top + Side && x >= Left && x < Left + Side;
    }
}
