using System.Globalization;

namespace MiniGrad.Charts.Tables;

/// <summary>Numbers as the report writes them: invariant, no negative zero, a dash for what is not a number.</summary>
public static class ReportNumber
{
    /// <summary>What stands for no number: a dash.</summary>
    public const string Missing = "\u2014";

    /// <summary>With so many decimals; a dash for NaN, a sign for infinity, no negative zero.</summary>
    public static string Fixed(double value, int decimals)
    {
        if (double.IsNaN(value)) return Missing;
        if (double.IsInfinity(value)) return value > 0 ? "\u221E" : "\u2212\u221E";
        CultureInfo culture = CultureInfo.InvariantCulture;
        string text = value.ToString("F" + decimals.ToString(culture), culture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : Typeset(text);
    }

    /// <summary>A whole number.</summary>
    public static string Integer(long value) => Typeset(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A count with its denominator: 37 / 40 (92.5 %).</summary>
    public static string Share(int count, int of) =>
        of == 0 ? "0 / 0" : $"{Integer(count)} / {Integer(of)} ({Fixed(100.0 * count / of, 1)} %)";

    /// <summary>Up to four significant digits: for ranges and hover values.</summary>
    public static string Short(double value) =>
        double.IsFinite(value) && value != 0
            ? Typeset(value.ToString("G4", CultureInfo.InvariantCulture)) : Fixed(value, 0);

    /// <summary>The text with minus signs in place of hyphens.</summary>
    internal static string Typeset(string number) => number.Replace('-', '\u2212');

    /// <summary>A coordinate of a drawing: at most two decimals.</summary>
    internal static string Coordinate(double value) => Trimmed(value, "0.##");

    /// <summary>A coordinate with one decimal, for drawings of thousands of points.</summary>
    internal static string CoarseCoordinate(double value) => Trimmed(value, "0.#");

    private static string Trimmed(double value, string format)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }
}
