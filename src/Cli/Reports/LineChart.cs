namespace MiniGrad.Cli.Reports;

/// <summary>
/// A line chart in SVG: axes with round marks, legend, horizontal references, values on hover. An axis without fixed
/// ends spans exactly the data, so the extreme points lie on the plot's edge.
/// </summary>
public sealed record LineChart(
    string Caption, ChartAxis XAxis, ChartAxis YAxis, IReadOnlyList<LineSeries> Series,
    IReadOnlyList<ChartReference>? References = null, string Note = "") : IReportPart
{
    public void Write(Html html)
    {
        foreach (LineSeries line in Series)
        {
            if (line.X.Count != line.Y.Count)
                Throw.Argument($"line chart: \"{line.Name}\" has {line.X.Count} x values and {line.Y.Count} y values.");
        }
        string id = FigureFrame.Open(html, "chart");
        LegendEntry[] legend = LegendEntry.List(Series);
        WriteLegend(html, legend);
        LineChartDrawing drawing = new(this, legend);
        drawing.Write(html);
        int points = Series.Sum(line => line.X.Count);
        string left = drawing.Unshown > 0
            ? $"Not drawn, as not finite or not positive: {ReportNumber.Share(drawing.Unshown, points)}."
            : "";
        FigureFrame.Close(html, id, Caption, $"{Note} {left}".Trim());
    }

    private static void WriteLegend(Html html, LegendEntry[] legend)
    {
        html.Open("ul", ("class", "legend"), ("aria-label", "Legend"));
        foreach (LegendEntry entry in legend)
        {
            html.Open("li");
            html.Open("svg", ("viewBox", "0 0 36 12"), ("width", "36"), ("height", "12"), ("aria-hidden", "true"));
            html.Empty("path", ("class", entry.StyleClass), ("d", "M1 6H35")).Close().Text(entry.Text).Close();
        }
        html.Close().Line();
    }
}
