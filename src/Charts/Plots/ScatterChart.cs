using System.Text;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// Points of several series, each with its own colour and mark. A label for the identity draws the line y = x, and open
/// axes then share one range. Values stand on hover for series of at most 400 points; larger ones are one shape.
/// </summary>
public sealed record ScatterChart(
    string Caption, ChartAxis XAxis, ChartAxis YAxis, IReadOnlyList<PointSeries> Series, string Identity = "",
    IReadOnlyList<ChartReference>? References = null, IReadOnlyList<ChartReference>? XReferences = null,
    string Note = "") : IReportPart
{
    private const int MostWithHover = 400;

    public void Write(Html html)
    {
        foreach (PointSeries points in Series)
        {
            if (points.X.Count != points.Y.Count)
                Throw.Argument($"scatter chart: \"{points.Name}\" has {points.X.Count} x values and {points.Y.Count} y values.");
        }
        string id = FigureFrame.Open(html, "chart");
        if (Series.Count > 1)
            LegendKey.WriteList(html, Series.Select((s, k) => new LegendKey(Named(s), SeriesStyle.Of("mark", k), Marker.Path(k, 18, 6))));
        PlotFrame frame = Frame();
        PlotReferences references = new(frame, References, XReferences, Identity);
        frame.Open(html, $"Scatter chart of {YAxis.Title} over {XAxis.Title}: {string.Join(", ", Series.Select(Named))}");
        references.WriteBands(html);
        frame.WriteAxes(html);
        frame.OpenClip(html);
        references.WriteLines(html);
        int unshown = 0;
        for (int k = 0; k < Series.Count; k++) unshown += WriteSeries(html, frame, k);
        html.Close();
        references.WriteLabels(html);
        html.Close();
        string left = SeriesStyle.LeftOut("the axes do not hold them", unshown, Series.Sum(s => s.X.Count));
        FigureFrame.Close(html, id, Caption, $"{Note} {left}".Trim());
    }

    private PlotFrame Frame()
    {
        IEnumerable<double> xs = Series.SelectMany(s => s.X).Concat(PlotReferences.Values(XReferences));
        IEnumerable<double> ys = Series.SelectMany(s => s.Y).Concat(PlotReferences.Values(References));
        if (Identity.Length == 0) return PlotFrame.Over(XAxis, xs, YAxis, ys);
        double[] both = [.. xs, .. ys];
        return PlotFrame.Over(XAxis, both, YAxis, both);
    }

    private int WriteSeries(Html html, PlotFrame frame, int index)
    {
        PointSeries points = Series[index];
        int[] shown = [.. Enumerable.Range(0, points.X.Count).Where(k => frame.Holds(points.X[k], points.Y[k]))];
        html.Open("g", ("class", SeriesStyle.Of("mark", index)));
        if (shown.Length > MostWithHover)
        {
            StringBuilder all = new();
            foreach (int k in shown) all.Append(Mark(frame, index, k));
            html.Open("path", ("d", all.ToString())).Element("title", Named(points)).Close();
        }
        else
        {
            foreach (int k in shown)
            {
                string hover = $"{points.Name}: {ReportNumber.Short(points.Y[k])} at {ReportNumber.Short(points.X[k])}";
                html.Open("path", ("d", Mark(frame, index, k))).Element("title", hover).Close();
            }
        }
        html.Close().Line();
        return points.X.Count - shown.Length;
    }

    private string Mark(PlotFrame frame, int index, int k) =>
        Marker.Path(index, frame.X.At(Series[index].X[k]), frame.Y.At(Series[index].Y[k]));

    private static string Named(PointSeries series) => $"{series.Name} ({ReportNumber.Integer(series.X.Count)})";
}
