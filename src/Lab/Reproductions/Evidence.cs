using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// Whether numbers carry a conclusion: 1 or −1 where they lie more than two standard errors (or, of an area, its 95 % interval)
/// above or below, 0 where it stays undecided. A report prints a conclusion under the first, its opposite under the second.
/// </summary>
internal static class Evidence
{
    private const double Errors = 2;

    private const double Level = 0.05;

    /// <summary>The sign of the mean of a sample; values that are not finite are left out.</summary>
    public static int OfMean(IEnumerable<double> values)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        if (all.Length < 2) return 0;
        (double mean, double deviation) = Statistics.Spread(all);
        return Beyond(mean, deviation / Math.Sqrt(all.Length));
    }

    /// <summary>Whether a count of so many is above or below a share that is known.</summary>
    public static int OfShare(double count, double of, double expected)
    {
        if (!(of > 0)) return 0;
        return Beyond(count / of - expected, Math.Sqrt(expected * (1 - expected) / of));
    }

    /// <summary>Whether the first of two counts out of as many is the larger or the smaller share.</summary>
    public static int OfShares(int first, int second, int of)
    {
        if (of == 0) return 0;
        double pooled = (first + second) / (2.0 * of);
        return Beyond((double)(first - second) / of, Math.Sqrt(2 * pooled * (1 - pooled) / of));
    }

    /// <summary>Whether the first of two shares, of counts of their own, is the larger or the smaller.</summary>
    public static int OfShares(int first, int ofFirst, int second, int ofSecond)
    {
        if (ofFirst == 0 || ofSecond == 0) return 0;
        double pooled = (double)(first + second) / (ofFirst + ofSecond);
        return Beyond((double)first / ofFirst - (double)second / ofSecond,
            Math.Sqrt(pooled * (1 - pooled) * (1.0 / ofFirst + 1.0 / ofSecond)));
    }

    /// <summary>
    /// Whether one of two outcomes on the same examples is right more often (McNemar's test in its exact form, at 5 %): the counts are
    /// of those that only the first, or only the second, gets right.
    /// </summary>
    public static int OfPairs(int onlyFirst, int onlySecond) =>
        PairedTest.SignTest(onlyFirst, onlySecond) < Level ? Math.Sign(onlyFirst - onlySecond) : 0;

    /// <summary>Whether an interval lies above or below a value.</summary>
    public static int OfInterval(double low, double high, double value) => low > value ? 1 : high < value ? -1 : 0;

    private static int Beyond(double difference, double error) => difference > Errors * error ? 1 : difference < -Errors * error ? -1 : 0;
}
