using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>An axis: label, unit (or empty), fixed ends (or null: those of the data), linear or logarithmic.</summary>
public sealed record ChartAxis(
    string Label, string Unit = "", double? Minimum = null, double? Maximum = null, bool IsLogarithmic = false)
{
    internal string Title => Unit.Length > 0 ? $"{Label} ({Unit})" : Label;

    /// <summary>The scale that holds the fixed ends and, where an end is open, all values.</summary>
    internal AxisScale Fit(IEnumerable<double> values, double start, double end)
    {
        AxisScale probe = new(0, 0, start, end, IsLogarithmic);
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            if (!probe.CanShow(value)) continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        if (low > high) (low, high) = IsLogarithmic ? (0.1, 1) : (0, 1);
        low = Minimum ?? low;
        high = Maximum ?? high;
        if (IsLogarithmic && low <= 0)
            Throw.Range($"axis: \"{Label}\" is logarithmic and starts at {low}. Give a positive minimum.");
        if (high <= low) (low, high) = IsLogarithmic ? (low / 2, low * 2) : (low - Pad(low), low + Pad(low));
        return probe with { Minimum = low, Maximum = high };
    }

    internal double[] Ticks(AxisScale scale, int count)
    {
        if (!IsLogarithmic) return AxisTicks.Linear(scale.Minimum, scale.Maximum, count);
        double[] powers = AxisTicks.Logarithmic(scale.Minimum, scale.Maximum, count);
        return powers.Length >= 2 ? powers : [scale.Minimum, scale.Maximum];
    }

    internal string TickLabel(AxisScale scale, double value, int count)
    {
        if (!IsLogarithmic) return AxisTicks.Label(value, AxisTicks.Step(scale.Minimum, scale.Maximum, count));
        double power = Math.Log10(value);
        return Math.Abs(power - Math.Round(power)) < 1e-9 ? AxisTicks.PowerLabel(value) : ReportNumber.Short(value);
    }

    // One value alone gets room on both sides, in proportion to its size.
    private static double Pad(double value) => Math.Max(0.5, 0.1 * Math.Abs(value));
}

/// <summary>Maps values of [Minimum, Maximum] to drawing units of [Start, End], linearly or by logarithm.</summary>
internal readonly record struct AxisScale(double Minimum, double Maximum, double Start, double End, bool IsLogarithmic)
{
    public double At(double value)
    {
        double share = IsLogarithmic
            ? Math.Log(value / Minimum) / Math.Log(Maximum / Minimum)
            : (value - Minimum) / (Maximum - Minimum);
        return Start + share * (End - Start);
    }

    /// <summary>True for a value the axis can show: finite, and positive on a log axis.</summary>
    public bool CanShow(double value) => double.IsFinite(value) && (!IsLogarithmic || value > 0);
}
