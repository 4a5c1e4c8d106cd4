namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The pixels of a search by squares, on the host: what each row keeps and what it tries, both as the images' type rounds them and
/// within the ball as exactly. A window that is not kept is written over by what it was.
/// </summary>
internal abstract class SquarePixels
{
    /// <summary>Numbers that are drawn for a window: its place, and more as the norm needs.</summary>
    protected const int FirstSign = 8;

    private readonly Tensor like;
    private double[] keptLogits;

    protected SquarePixels(SearchRows rows)
    {
        Shape shape = rows.Classifier.InputShape;
        if (shape.Rank != 3) Throw.Argument($"square: images of shape {shape} have no rows and columns; 3 axes are needed.");
        (Channels, Height, Width) = (shape[0], shape[1], shape[2]);
        (like, Size) = (rows.Images, Channels * Height * Width);
        (Low, High) = (rows.Classifier.Low, rows.Classifier.High);
        IsSingle = like.Type == DType.F32;
        using RowBuffer<double> clean = Rows.Read(rows.Images);
        Clean = clean.Span.ToArray();
        (KeptPixels, TriedPixels) = ([.. Clean], [.. Clean]);
        (Losses, AreMet) = ([.. Enumerable.Repeat(double.NegativeInfinity, rows.Count)], new bool[rows.Count]);
        keptLogits = new double[rows.Count * rows.Classifier.ClassCount];
    }

    /// <summary>The loss of what each row keeps.</summary>
    public double[] Losses { get; private set; }

    /// <summary>Whether what each row keeps meets the goal.</summary>
    public bool[] AreMet { get; private set; }

    protected int Channels { get; }

    protected int Height { get; }

    protected int Width { get; }

    protected int Size { get; }

    protected double Low { get; }

    protected double High { get; }

    protected bool IsSingle { get; }

    protected double[] Clean { get; private set; }

    protected double[] KeptPixels { get; private set; }

    protected double[] TriedPixels { get; private set; }

    public static SquarePixels Of(SearchRows rows, Threat within) =>
        within is L2 ? new SquareL2(rows, within.Radius) : new SquareLinf(rows, within.Radius);

    /// <summary>The side of windows that cover a share of the image: a rounded number of pixels, halves to the even one.</summary>
    public virtual int Side(double share) =>
        Math.Min(Math.Max(1, (int)Math.Round(Math.Sqrt(share * Height * Width))), Math.Min(Height, Width));

    /// <summary>Writes the first image that a row tries.</summary>
    public abstract void Start(int row, Rng rng);

    /// <summary>Writes what a row tries next.</summary>
    public abstract void Try(int row, int side, Rng rng);

    /// <summary>Keeps what a row tried, or goes back to what it kept. Its start is kept whatever it is.</summary>
    public void Decide(int row, double loss, bool isMet, ReadOnlySpan<double> logits)
    {
        bool isBetter = double.IsNegativeInfinity(Losses[row]) || (isMet == AreMet[row] ? loss > Losses[row] : isMet);
        Copy(row, isBetter ? TriedPixels : KeptPixels, isBetter ? KeptPixels : TriedPixels);
        if (!isBetter) return;
        (Losses[row], AreMet[row]) = (loss, isMet);
        logits.CopyTo(keptLogits.AsSpan(row * logits.Length));
    }

    /// <summary>The images that are tried.</summary>
    public Tensor Tried() => Images(TriedPixels);

    /// <summary>The images that are kept.</summary>
    public Tensor Kept() => Images(KeptPixels);

    /// <summary>Their logits.</summary>
    public Tensor KeptLogits(Tensor logits) => Tensor.From(keptLogits, logits.Shape, logits.Device).Cast(logits.Type);

    /// <summary>Those of some of the rows.</summary>
    public SquarePixels Take(int[] rows)
    {
        SquarePixels some = (SquarePixels)MemberwiseClone();
        int classes = keptLogits.Length / Losses.Length;
        (some.Losses, some.AreMet) = (Array.ConvertAll(rows, row => Losses[row]), Array.ConvertAll(rows, row => AreMet[row]));
        some.keptLogits = Take(keptLogits, rows, classes);
        some.Clean = Take(Clean, rows, Size);
        (some.KeptPixels, some.TriedPixels) = (Take(KeptPixels, rows, Size), Take(TriedPixels, rows, Size));
        some.TakeMore(rows);
        return some;
    }

    protected abstract void TakeMore(int[] rows);

    /// <summary>Copies what a row's last try may have changed.</summary>
    protected abstract void Copy(int row, double[] from, double[] to);

    protected static double[] Take(double[] all, int[] rows, int size)
    {
        double[] some = new double[rows.Length * size];
        for (int i = 0; i < rows.Length; i++) all.AsSpan(rows[i] * size, size).CopyTo(some.AsSpan(i * size));
        return some;
    }

    /// <summary>A place among so many, from 32 random bits.</summary>
    protected static int Place(uint bits, int places) => (int)((ulong)bits * (ulong)places >> 32);

    /// <summary>A sign for each channel.</summary>
    protected static double Sign(ReadOnlySpan<uint> words, int channel) =>
        (words[FirstSign + channel / 32] >> (channel % 32) & 1) == 0 ? 1 : -1;

    private Tensor Images(double[] pixels)
    {
        int rows = pixels.Length / Size;
        return Tensor.From(pixels, [rows, Channels, Height, Width], like.Device).Cast(like.Type);
    }
}
