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

    /// <inheritdoc/>
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

/// <summary>One cloud of points of a scatter chart.</summary>
public sealed record PointSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>The marks of a scatter chart: a shape for each series, so that colour is not all that tells them apart.</summary>
internal static class Marker
{
    private const double R = 4;

    /// <summary>Offsets of each polygon's corners; none stands for a circle.</summary>
    private static readonly (double X, double Y)[][] Shapes =
    [
        [],
        [(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)],
        [(0, -5), (4.6, 3.2), (-4.6, 3.2)],
        [(0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)],
        [(0, 5), (4.6, -3.2), (-4.6, -3.2)],
    ];

    /// <summary>A closed path round the point.</summary>
    public static string Path(int series, double x, double y)
    {
        (double X, double Y)[] corners = Shapes[series % Shapes.Length];
        if (corners.Length == 0)
            return $"M{Svg.Text(x - R)} {Svg.Text(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z";
        return "M" + string.Join("L", corners.Select(c => $"{Svg.Text(x + c.X)} {Svg.Text(y + c.Y)}")) + "Z";
    }
}
