using System.Globalization;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>Chooses axis marks: multiples of 1, 2 or 5 times a power of ten, or powers of ten on a log axis.</summary>
internal static class AxisTicks
{
    /// <summary>The finest round step that gives at most <paramref name="count"/> intervals.</summary>
    public static double Step(double minimum, double maximum, int count)
    {
        if (!(maximum > minimum) || !double.IsFinite(maximum - minimum) || count < 1)
            Throw.Range($"axis: no step for [{minimum}, {maximum}] in {count} parts. Give an ascending finite range.");
        double raw = (maximum - minimum) / count;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double lead = raw / power;
        // The slack keeps a range such as 0 to 0.6 in steps of 0.2 although 0.6 / 3 is slightly above 0.2.
        const double slack = 1 + 1e-9;
        return power * (lead <= slack ? 1 : lead <= 2 * slack ? 2 : lead <= 5 * slack ? 5 : 10);
    }

    /// <summary>All multiples of the step inside the range.</summary>
    public static double[] Linear(double minimum, double maximum, int count)
    {
        double step = Step(minimum, maximum, count);
        long first = (long)Math.Ceiling(minimum / step - 1e-9);
        long last = (long)Math.Floor(maximum / step + 1e-9);
        double[] ticks = new double[Math.Max(0, last - first + 1)];
        for (int k = 0; k < ticks.Length; k++) ticks[k] = Math.Round((first + k) * step, Decimals(step));
        return ticks;
    }

    /// <summary>Powers of ten inside the range, thinned to at most <paramref name="count"/> + 1.</summary>
    public static double[] Logarithmic(double minimum, double maximum, int count)
    {
        if (!(minimum > 0) || !(maximum > minimum) || !double.IsFinite(maximum))
            Throw.Range($"axis: no log marks for [{minimum}, {maximum}]. Give an ascending positive range.");
        int first = (int)Math.Ceiling(Math.Log10(minimum) - 1e-9);
        int last = (int)Math.Floor(Math.Log10(maximum) + 1e-9);
        int stride = Math.Max(1, (last - first + count - 1) / Math.Max(1, count));
        List<double> ticks = [];
        for (int power = first; power <= last; power += stride) ticks.Add(Math.Pow(10, power));
        return [.. ticks];
    }

    /// <summary>The mark's label, with just the decimals the step needs.</summary>
    public static string Label(double value, double step) =>
        Math.Abs(value) >= 1e6 || step < 1e-6
            ? ReportNumber.Typeset(value.ToString("0.###e0", CultureInfo.InvariantCulture))
            : ReportNumber.Fixed(value, Decimals(step));

    /// <summary>A power of ten as 0.01 or 10⁻⁴.</summary>
    public static string PowerLabel(double value)
    {
        int power = (int)Math.Round(Math.Log10(value));
        if (power is >= -2 and <= 3) return ReportNumber.Fixed(value, Math.Max(0, -power));
        const string digits = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079";
        string label = power < 0 ? "10\u207B" : "10";
        foreach (char c in ReportNumber.Integer(Math.Abs(power))) label += digits[c - '0'];
        return label;
    }

    private static int Decimals(double step) => Math.Clamp((int)-Math.Floor(Math.Log10(step) + 1e-9), 0, 15);
}
