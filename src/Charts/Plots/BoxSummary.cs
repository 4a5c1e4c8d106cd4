namespace MiniGrad.Charts.Plots;

/// <summary>
/// Five numbers and the outliers of a sample (Tukey): quartiles by <see cref="Statistics.Quantile"/>, whiskers to the farthest
/// values within 1.5 interquartile ranges of the box (never inside it, as a quartile between distant values may ask), everything
/// beyond an outlier. Values that are not finite are missing.
/// </summary>
internal sealed record BoxSummary(
    int Count, int Missing, double LowWhisker, double LowQuartile, double Median, double HighQuartile,
    double HighWhisker, IReadOnlyList<double> Outliers)
{
    private const double Reach = 1.5;

    /// <summary>The summary; null if no value is finite.</summary>
    public static BoxSummary? Of(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return null;
        double low = Statistics.Quantile(sorted, 0.25);
        double high = Statistics.Quantile(sorted, 0.75);
        double reach = Reach * (high - low);
        double[] near = [.. sorted.Where(value => value >= low - reach && value <= high + reach)];
        return new(
            sorted.Length, values.Count - sorted.Length, Math.Min(near[0], low), low, Statistics.Quantile(sorted, 0.5), high,
            Math.Max(near[^1], high),
            [.. sorted.Where(value => value < near[0] || value > near[^1])]);
    }
}
