using MiniGrad.Charts.Images;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// A line chart in SVG: axes with round marks, legend, horizontal references, values on hover. An axis without fixed
/// ends spans exactly the data, so the extreme points lie on the plot's edge. A label for the identity draws the line
/// y = x, which is chance in a receiver operating characteristic.
/// </summary>
public sealed record LineChart(
    string Caption, ChartAxis XAxis, ChartAxis YAxis, IReadOnlyList<LineSeries> Series,
    IReadOnlyList<ChartReference>? References = null, string Note = "", string Identity = "") : IReportPart
{
    /// <inheritdoc/>
    public void Write(Html html)
    {
        foreach (LineSeries line in Series)
        {
            if (line.X.Count != line.Y.Count)
                Throw.Argument($"line chart: \"{line.Name}\" has {line.X.Count} x values and {line.Y.Count} y values.");
        }
        string id = FigureFrame.Open(html, "chart");
        LegendEntry[] legend = LegendEntry.List(Series);
        LegendKey.WriteList(html, legend.Select(entry => entry.Key));
        LineChartDrawing drawing = new(this, legend);
        drawing.Write(html);
        string left = SeriesStyle.LeftOut("not finite or not positive", drawing.Unshown, Series.Sum(line => line.X.Count));
        FigureFrame.Close(html, id, Caption, $"{Note} {left}".Trim());
    }
}

/// <summary>
/// One line of a chart. Faint lines are drawn thin, below the others, and share one legend entry for each name; the
/// detail tells them apart on hover. NaN breaks the line.
/// </summary>
public sealed record LineSeries(
    string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, bool IsFaint = false, string Detail = "")
{
    internal string Hover => Detail.Length > 0 ? $"{Name}: {Detail}" : Name;
}
