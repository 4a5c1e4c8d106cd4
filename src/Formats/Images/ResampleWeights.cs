namespace MiniGrad.Formats.Images;

/// <summary>
/// One direction of a resampling: for each output pixel of a range, the input pixels it reads and their weights, which sum
/// to 1, in 22-bit fixed point, computed and rounded as Pillow does for 8-bit images.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>32 bits less 8 of a sample and 2 for sums beyond the range.</summary>
    public const int FractionBits = 32 - 8 - 2;

    private readonly int[] firsts;
    private readonly int[][] weights;

    /// <param name="input">The pixels there are.</param>
    /// <param name="output">The pixels they become.</param>
    /// <param name="start">The first output pixel wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="interpolation">The filter.</param>
    public ResampleWeights(int input, int output, int start, int count, Interpolation interpolation)
    {
        (Func<double, double> filter, double radius) = interpolation switch
        {
            Interpolation.Bilinear => ((Func<double, double>)Triangle, 1.0),
            Interpolation.Bicubic => (Cubic, 2.0),
            _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "image: no such interpolation."),
        };
        firsts = new int[count];
        weights = new int[count][];
        double scale = (double)input / output;
        double widening = Math.Max(scale, 1);
        double support = radius * widening;
        double inverse = 1 / widening;
        for (int i = 0; i < count; i++)
        {
            double center = (start + i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5));
            int end = Math.Min(input, (int)(center + support + 0.5));
            double[] row = new double[end - first];
            double sum = 0;
            for (int k = 0; k < row.Length; k++) sum += row[k] = filter((k + first - center + 0.5) * inverse);
            firsts[i] = first;
            weights[i] = Array.ConvertAll(row, weight => Fixed(sum == 0 ? weight : weight / sum));
        }
    }

    public int Count => firsts.Length;

    /// <summary>The first input pixel that any output reads.</summary>
    public int First => firsts[0];

    /// <summary>The input pixel behind the last that any output reads.</summary>
    public int End => firsts[^1] + weights[^1].Length;

    public ReadOnlySpan<int> Weights(int i, out int first)
    {
        first = firsts[i];
        return weights[i];
    }

    private static int Fixed(double weight) => (int)(weight * (1 << FractionBits) + (weight < 0 ? -0.5 : 0.5));

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
