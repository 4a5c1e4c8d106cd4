using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

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
