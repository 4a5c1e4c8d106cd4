namespace MiniGrad.Charts.Tables;

/// <summary>The content of a table cell: words, a number, a share with its denominator, or a status badge.</summary>
public sealed class TableCell
{
    private readonly string text;
    private readonly BadgeKind? badge;

    private TableCell(string text, BadgeKind? badge = null) => (this.text, this.badge) = (text, badge);

    /// <summary>Text as it is.</summary>
    public static TableCell Words(string text) => new(text);

    /// <summary>A number with so many decimals; a dash for NaN.</summary>
    public static TableCell Number(double value, int decimals) => new(ReportNumber.Fixed(value, decimals));

    /// <summary>A whole number.</summary>
    public static TableCell Integer(long value) => new(ReportNumber.Integer(value));

    /// <summary>A count with its denominator: 37 / 40 (92.5 %).</summary>
    public static TableCell Share(int count, int of) => new(ReportNumber.Share(count, of));

    /// <summary>Mean and standard deviation: 0.9312 ± 0.0120.</summary>
    public static TableCell Spread(double mean, double deviation, int decimals) =>
        new($"{ReportNumber.Fixed(mean, decimals)} \u00B1 {ReportNumber.Fixed(deviation, decimals)}");

    /// <summary>A status with its sign.</summary>
    public static TableCell Badge(string text, BadgeKind kind) => new(text, kind);

    /// <param name="html">Where to.</param>
    /// <param name="isNumeric">Whether the column is narrow: what stands in brackets, or behind ±, may take a line of its own.</param>
    internal void Write(Html html, bool isNumeric)
    {
        if (badge is not { } kind)
        {
            int bracket = isNumeric ? text.IndexOf(" (", StringComparison.Ordinal) : -1;
            if (isNumeric && bracket < 0) bracket = text.IndexOf(" \u00B1", StringComparison.Ordinal);
            if (bracket <= 0) html.Text(text);
            else html.Element("span", text[..(bracket + 1)]).Element("span", text[(bracket + 1)..]);
            return;
        }
        (string name, string sign) = kind switch
        {
            BadgeKind.Good => ("good", "\u2713"),
            BadgeKind.Warning => ("warning", "!"),
            BadgeKind.Bad => ("bad", "\u2715"),
            _ => ("neutral", "\u2013"),
        };
        html.Open("span", ("class", "badge " + name));
        html.Element("span", sign, ("aria-hidden", "true")).Text(" " + text).Close();
    }
}

/// <summary>What a status means; each kind has its own sign, so that colour alone carries nothing.</summary>
public enum BadgeKind
{
    /// <summary>Neither good nor bad.</summary>
    Neutral,

    /// <summary>As hoped for.</summary>
    Good,

    /// <summary>To be looked at.</summary>
    Warning,

    /// <summary>Failed.</summary>
    Bad,
}
