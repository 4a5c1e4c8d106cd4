namespace MiniGrad;

/// <summary>Numbers that describe a sample of doubles.</summary>
internal static class Statistics
{
    /// <summary>
    /// The quantile at share p of [0, 1], with linear interpolation between neighbours: position p(n - 1) of the sorted values
    /// (definition 7 of Hyndman and Fan, 1996, the default of NumPy and R). The values ascend and there is at least one.
    /// </summary>
    public static double Quantile(ReadOnlySpan<double> ascending, double share)
    {
        if (ascending.IsEmpty) Throw.Argument("quantile: there are no values. Give at least one.");
        if (!(share is >= 0 and <= 1)) Throw.Range($"quantile: share {share} is outside [0, 1].");
        double position = share * (ascending.Length - 1);
        int below = (int)position;
        double left = position - below;
        return left == 0 ? ascending[below] : ascending[below] + left * (ascending[below + 1] - ascending[below]);
    }

    /// <summary>Mean and standard deviation, of the sample (n - 1) or of the population (n); NaN of nothing.</summary>
    public static (double Mean, double Deviation) Spread(IEnumerable<double> values, bool population = false)
    {
        double[] all = [.. values];
        if (all.Length == 0) return (double.NaN, double.NaN);
        double mean = all.Average();
        double squares = all.Sum(v => (v - mean) * (v - mean));
        return (mean, all.Length < 2 ? 0 : Math.Sqrt(squares / (population ? all.Length : all.Length - 1)));
    }
}

/// <summary>Median and quartiles by <see cref="Statistics.Quantile"/>; NaN of nothing.</summary>
internal readonly record struct Quartiles(double Lower, double Median, double Upper)
{
    public static Quartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : Statistics.Quantile(sorted, share);
}
