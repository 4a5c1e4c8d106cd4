using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>One entry of a legend: its text and a path of 36 by 12 units in the style of what it names.</summary>
internal sealed record LegendKey(string Text, string StyleClass, string Path)
{
    public const string Line = "M1 6H35";

    public const string Box = "M8 0.5H28V11.5H8Z";

    public static void WriteList(Html html, IEnumerable<LegendKey> keys)
    {
        html.Open("ul", ("class", "legend"), ("aria-label", "Legend"));
        foreach (LegendKey key in keys)
        {
            html.Open("li");
            html.Open("svg", ("viewBox", "0 0 36 12"), ("width", "36"), ("height", "12"), ("aria-hidden", "true"));
            html.Empty("path", ("class", key.StyleClass), ("d", key.Path)).Close().Text(key.Text).Close();
        }
        html.Close().Line();
    }
}

/// <summary>A line style of a chart and the series that share it.</summary>
internal sealed record LegendEntry(string Name, bool IsFaint, int Count, string StyleClass)
{
    public string Text => Count > 1 ? $"{Name} ({ReportNumber.Integer(Count)} lines)" : Name;

    public LegendKey Key => new(Text, StyleClass, LegendKey.Line);

    public static LegendEntry[] List(IReadOnlyList<LineSeries> series)
    {
        List<LegendEntry> entries = [];
        int strong = 0;
        foreach (LineSeries line in series)
        {
            int known = entries.FindIndex(e => e.IsFaint && line.IsFaint && e.Name == line.Name);
            if (known >= 0) entries[known] = entries[known] with { Count = entries[known].Count + 1 };
            else if (line.IsFaint) entries.Add(new(line.Name, true, 1, "line faint"));
            else entries.Add(new(line.Name, false, 1, SeriesStyle.Of("line", strong++)));
        }
        return [.. entries];
    }
}
