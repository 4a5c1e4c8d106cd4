using MiniGrad.Probes.Detection;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// Whether a number differs between two networks on the same images: the sign test, which asks only which of the two is larger, and
/// a bootstrap interval of the mean difference.
/// </summary>
/// <param name="Count">Pairs.</param>
/// <param name="Positive">Pairs whose first number is larger.</param>
/// <param name="Negative">Pairs whose second number is larger.</param>
/// <param name="PValue">
/// The two-sided p value of the sign test: how likely a fair coin, tossed for every pair that differs, is at least as one-sided
/// (exact, binomial). 1 where no pair differs, NaN where there is none.
/// </param>
/// <param name="MeanDifference">The mean of first minus second; NaN of nothing.</param>
/// <param name="Low">The lower end of its 95 % percentile bootstrap interval over the images; NaN of nothing.</param>
/// <param name="High">The upper end.</param>
public sealed record PairedTest(
    int Count, int Positive, int Negative, double PValue, double MeanDifference, double Low, double High)
{
    /// <summary>Pairs that are equal; the sign test leaves them out.</summary>
    public int Ties => Count - Positive - Negative;

    /// <summary>Of two numbers for each image, in the same order.</summary>
    /// <param name="first">The first network's.</param>
    /// <param name="second">The second network's.</param>
    /// <param name="rng">Random numbers of the bootstrap; the same give the same bits.</param>
    /// <param name="draws">Draws of the bootstrap.</param>
    /// <exception cref="ArgumentException">The lists have different lengths, or a number is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 draws.</exception>
    public static PairedTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, Rng rng, int draws = 1000)
    {
        if (first.Length != second.Length)
        {
            Throw.Argument($"paired test: {first.Length} numbers against {second.Length}. Give both for the same images.");
        }
        double[] differences = new double[first.Length];
        (int positive, int negative) = (0, 0);
        for (int i = 0; i < differences.Length; i++)
        {
            if (!double.IsFinite(first[i]) || !double.IsFinite(second[i]))
            {
                Throw.Argument($"paired test: pair {i} is {first[i]} and {second[i]}. Leave out images where a number is undefined.");
            }
            differences[i] = first[i] - second[i];
            if (differences[i] > 0) positive++;
            else if (differences[i] < 0) negative++;
        }
        if (differences.Length == 0) return new(0, 0, 0, double.NaN, double.NaN, double.NaN, double.NaN);
        BootstrapInterval interval = BootstrapInterval.OfMean(differences, rng, draws);
        return new(differences.Length, positive, negative, SignTest(positive, negative), differences.Average(),
            interval.Low, interval.High);
    }

    /// <summary>min(1, 2 P(X ≤ min(positive, negative))) of a binomial X of positive + negative fair tosses.</summary>
    internal static double SignTest(int positive, int negative)
    {
        int n = positive + negative;
        int k = Math.Min(positive, negative);
        // P(X = k) by its logarithm, since 2⁻ⁿ may be below all doubles; the terms before it by their ratio, i/(n − i + 1).
        double log = -n * Math.Log(2);
        for (int i = 1; i <= k; i++) log += Math.Log((double)(n - i + 1) / i);
        double sum = 0;
        double term = 1;
        for (int i = k; i >= 0 && term > 0; i--)
        {
            sum += term;
            term *= (double)i / (n - i + 1);
        }
        return Math.Min(1, 2 * Math.Exp(log) * sum);
    }
}
