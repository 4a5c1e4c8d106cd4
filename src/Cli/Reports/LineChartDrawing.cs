using System.Text;

namespace MiniGrad.Cli.Reports;

/// <summary>The SVG part of a <see cref="LineChart"/>: lays out the plot, draws axes, references and lines.</summary>
internal sealed class LineChartDrawing
{
    private const double Width = 640;
    private const double Height = 394;
    private const double Top = 44;
    private const double Bottom = 322;
    private const double Right = 616;
    private const int XIntervals = 5;
    private const int YIntervals = 5;
    private const int DotsALine = 60;

    private readonly LineChart chart;
    private readonly LegendEntry[] legend;
    private readonly AxisScale x;
    private readonly AxisScale y;
    private readonly double left;

    public LineChartDrawing(LineChart chart, LegendEntry[] legend)
    {
        this.chart = chart;
        this.legend = legend;
        y = chart.YAxis.Fit(AllY(), Bottom, Top);
        int longest = 0;
        foreach (double tick in chart.YAxis.Ticks(y, YIntervals))
            longest = Math.Max(longest, chart.YAxis.TickLabel(y, tick, YIntervals).Length);
        // Room for the labels at the larger type that narrow screens get.
        left = 18 + 13.5 * Math.Max(3, longest);
        x = chart.XAxis.Fit(AllX(), left, Right);
    }

    /// <summary>Points left out because an axis cannot show them; known after <see cref="Write"/>.</summary>
    public int Unshown { get; private set; }

    public void Write(Html html)
    {
        string clip = html.NextId("clip");
        html.Open(
            "svg", ("class", "plot"), ("viewBox", $"0 0 {Text(Width)} {Text(Height)}"), ("role", "img"),
            ("aria-label", Description())).Line();
        html.Open("clipPath", ("id", clip));
        Rectangle(html, null, left - 6, Top - 6, Right - left + 12, Bottom - Top + 12).Close();
        WriteBands(html);
        WriteAxes(html);
        html.Open("g", ("clip-path", $"url(#{clip})")).Line();
        foreach (LineSeries line in chart.Series) if (line.IsFaint) WriteLine(html, line, "line faint");
        WriteReferenceLines(html);
        for (int pass = 0, strong = 0; pass < chart.Series.Count; pass++)
        {
            if (!chart.Series[pass].IsFaint) WriteLine(html, chart.Series[pass], StrongStyle(strong++));
        }
        html.Close();
        WriteReferenceLabels(html);
        html.Close();
    }

    private string StrongStyle(int index) => Array.FindAll(legend, e => !e.IsFaint)[index].StyleClass;

    private void WriteAxes(Html html)
    {
        foreach (double tick in chart.YAxis.Ticks(y, YIntervals))
        {
            Segment(html, "rule", left, y.At(tick), Right, y.At(tick));
            Label(html, "tick end", left - 10, y.At(tick), chart.YAxis.TickLabel(y, tick, YIntervals), "0.35em");
        }
        foreach (double tick in chart.XAxis.Ticks(x, XIntervals))
        {
            Segment(html, "axis", x.At(tick), Bottom, x.At(tick), Bottom + 6);
            Label(html, "tick middle", x.At(tick), Bottom + 10, chart.XAxis.TickLabel(x, tick, XIntervals), "0.8em");
        }
        Rectangle(html, "frame", left, Top, Right - left, Bottom - Top);
        Segment(html, "axis", left, Bottom, Right, Bottom);
        Label(html, "title", 2, 20, chart.YAxis.Title, null);
        Label(html, "title middle", (left + Right) / 2, Bottom + 46, chart.XAxis.Title, "0.6em");
        html.Line();
    }

    private void WriteBands(Html html)
    {
        foreach (ChartReference reference in chart.References ?? [])
        {
            if (reference.High is not { } high || !y.CanShow(reference.Low) || !y.CanShow(high)) continue;
            double top = Math.Clamp(y.At(Math.Max(reference.Low, high)), Top, Bottom);
            double bottom = Math.Clamp(y.At(Math.Min(reference.Low, high)), Top, Bottom);
            Rectangle(html, "band", left, top, Right - left, bottom - top);
        }
    }

    private void WriteReferenceLines(Html html)
    {
        foreach (ChartReference reference in chart.References ?? [])
        {
            if (reference.High is null && y.CanShow(reference.Low))
                Segment(html, "reference", left, y.At(reference.Low), Right, y.At(reference.Low));
        }
    }

    private void WriteReferenceLabels(Html html)
    {
        foreach (ChartReference reference in chart.References ?? [])
        {
            if (!y.CanShow(reference.Low)) continue;
            double line = y.At(reference.Low);
            if (line is < Top or > Bottom) continue;
            // Below the line, unless that would run into the axis.
            bool above = line > Bottom - 34;
            Label(html, "remark end", Right - 8, line, reference.Label, above ? "-0.5em" : "1.2em");
        }
    }

    private void WriteLine(Html html, LineSeries line, string style)
    {
        StringBuilder path = new();
        bool pen = false;
        for (int k = 0; k < line.X.Count; k++)
        {
            if (CanShow(line, k))
                path.Append(pen ? 'L' : 'M').Append(Text(x.At(line.X[k]))).Append(' ').Append(Text(y.At(line.Y[k])));
            else
                Unshown++;
            pen = CanShow(line, k);
        }
        html.Open("g", ("class", style));
        if (path.Length > 0) html.Open("path", ("d", path.ToString())).Element("title", line.Name).Close();
        if (!line.IsFaint) WriteDots(html, line);
        html.Close().Line();
    }

    // Dots carry the hover values; long lines get every n-th one, their last point always.
    private void WriteDots(Html html, LineSeries line)
    {
        int stride = Math.Max(1, (line.X.Count + DotsALine - 1) / DotsALine);
        string style = line.X.Count <= 24 ? "dot" : "dot quiet";
        for (int k = 0; k < line.X.Count; k++)
        {
            bool due = k % stride == 0 || k == line.X.Count - 1;
            if (!due || !CanShow(line, k)) continue;
            (string cx, string cy) = (Text(x.At(line.X[k])), Text(y.At(line.Y[k])));
            string hover = $"{line.Name}: {ReportNumber.Short(line.Y[k])} at {ReportNumber.Short(line.X[k])}";
            html.Open("circle", ("class", style), ("cx", cx), ("cy", cy), ("r", "4")).Element("title", hover).Close();
        }
    }

    private bool CanShow(LineSeries line, int k) => x.CanShow(line.X[k]) && y.CanShow(line.Y[k]);

    private string Description()
    {
        string names = string.Join(", ", legend.Select(entry => entry.Text));
        return $"Line chart of {chart.YAxis.Title} over {chart.XAxis.Title}: {names}";
    }

    private IEnumerable<double> AllX() => chart.Series.SelectMany(line => line.X);

    private IEnumerable<double> AllY() =>
        chart.Series.SelectMany(line => line.Y)
            .Concat((chart.References ?? []).SelectMany(r => r.High is { } high ? new[] { r.Low, high } : [r.Low]));

    private static string Text(double value) => ReportNumber.Coordinate(value);

    private static void Segment(Html html, string style, double x1, double y1, double x2, double y2) =>
        html.Empty("path", ("class", style), ("d", $"M{Text(x1)} {Text(y1)}L{Text(x2)} {Text(y2)}"));

    private static Html Rectangle(Html html, string? style, double x, double y, double width, double height) =>
        html.Empty(
            "rect", ("class", style), ("x", Text(x)), ("y", Text(y)), ("width", Text(width)), ("height", Text(height)));

    private static void Label(Html html, string style, double x, double y, string text, string? shift) =>
        html.Element("text", text, ("class", style), ("x", Text(x)), ("y", Text(y)), ("dy", shift));
}
