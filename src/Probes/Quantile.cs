namespace MiniGrad.Probes;

/// <summary>
/// Quantiles of a sample with linear interpolation between neighbours: position p(n - 1) of the sorted values
/// (definition 7 of Hyndman and Fan, 1996, the default of NumPy and R).
/// </summary>
public static class Quantile
{
    /// <summary>The quantile at share p of [0, 1]; the values ascend and there is at least one.</summary>
    public static double OfSorted(ReadOnlySpan<double> ascending, double share)
    {
        if (ascending.IsEmpty) Throw.Argument("quantile: there are no values. Give at least one.");
        if (!(share is >= 0 and <= 1)) Throw.Range($"quantile: share {share} is outside [0, 1].");
        double position = share * (ascending.Length - 1);
        int below = (int)position;
        double left = position - below;
        return left == 0 ? ascending[below] : ascending[below] + left * (ascending[below + 1] - ascending[below]);
    }
}
