namespace MiniGrad.Probes.Directions;

/// <summary>
/// Median and quartiles of numbers of which some may be infinite, as distances along random lines are: they have no mean, and
/// the ones that were never found count as infinite. Quantiles are those of <see cref="Statistics.Quantile"/>.
/// </summary>
/// <param name="Count">Numbers that count, the infinite among them.</param>
/// <param name="Infinite">How many of them are infinite.</param>
/// <param name="Missing">Numbers that are undefined (NaN) and left out.</param>
/// <param name="LowerQuartile">A quarter lies below; NaN of nothing.</param>
/// <param name="Median">Half lies below; NaN of nothing, infinite where more than half is.</param>
/// <param name="UpperQuartile">Three quarters lie below; NaN of nothing.</param>
public sealed record MedianSpread(int Count, int Infinite, int Missing, double LowerQuartile, double Median, double UpperQuartile)
{
    /// <summary>The share of numbers that are infinite; NaN of nothing.</summary>
    public double InfiniteShare => (double)Infinite / Count;

    /// <summary>The spread of some numbers; NaN is left out and counted.</summary>
    public static MedianSpread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double[] sorted = [.. all.Where(v => !double.IsNaN(v)).Order()];
        return new(sorted.Length, sorted.Count(double.IsInfinity), all.Length - sorted.Length,
            At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] ascending, double share)
    {
        if (ascending.Length == 0) return double.NaN;
        double position = share * (ascending.Length - 1);
        // Between a finite number and an infinite one, or two infinite ones, nothing can be interpolated.
        double above = ascending[(int)Math.Ceiling(position)];
        return double.IsInfinity(above) ? above : Statistics.Quantile(ascending, share);
    }
}
