using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// Draws one <see cref="HullPanel"/>. T2 always lies above the base line from S to T1, so its thumbnail goes on top
/// and the other two go below; nothing can overlap except a short base, whose thumbnails move apart.
/// </summary>
internal sealed class HullPanelDrawing
{
    private const double Width = 400;
    private const double Thumb = 68;
    private const double Margin = 46;
    private const double Band = 126;
    private const double Tallest = 330;
    private const double LineHeight = 20;
    private const double HalfLetter = 4.9;
    private const int LongestLine = 16;
    private const int Levels = 100;

    private readonly HullPanel panel;
    private readonly double scale;
    private readonly double shiftX;
    private readonly double baseY;

    public HullPanelDrawing(HullPanel panel)
    {
        this.panel = panel;
        (double x, double y) = panel.Shape.Third;
        double low = Math.Min(0, x);
        double span = Math.Max(1, x) - low;
        scale = Math.Min((Width - 2 * Margin) / span, Tallest / y);
        shiftX = (Width - span * scale) / 2 - low * scale;
        baseY = Band + y * scale;
    }

    private double Height => baseY + Band;

    /// <summary>Draws the panel and returns the number of small triangles left out for want of values.</summary>
    public int Write(Html html)
    {
        html.Open(
            "svg", ("class", "hull"), ("viewBox", $"0 0 {Text(Width)} {Text(Height)}"), ("role", "img"),
            ("aria-label", Description())).Line();
        int missing = WriteContours(html);
        WriteOutline(html);
        WriteHover(html);
        (double s, double t) = Spread(Point(0, 0).X, Point(panel.Intervals, 0).X);
        WriteVertex(html, panel.Source, s, baseY + 10, below: true);
        WriteVertex(html, panel.First, t, baseY + 10, below: true);
        WriteVertex(html, panel.Second, Point(0, panel.Intervals).X, Band - 10 - Thumb, below: false);
        html.Close();
        return missing;
    }

    private int WriteContours(Html html)
    {
        HullContours contours = new(Levels);
        int n = panel.Intervals;
        int missing = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n - i; j++)
            {
                if (!contours.Add(Point(i, j), Point(i + 1, j), Point(i, j + 1))) missing++;
                if (i + j > n - 2) continue;
                if (!contours.Add(Point(i + 1, j), Point(i + 1, j + 1), Point(i, j + 1))) missing++;
            }
        }
        // A hairline in the fill's own colour closes the seams that smoothing leaves between neighbours.
        html.Open("g", ("class", "contours"), ("stroke-width", "1.3"), ("stroke-linejoin", "round"));
        foreach ((int level, string path) in contours.Paths())
        {
            string colour = Viridis.At((level + 0.5) / Levels).Hex;
            html.Empty("path", ("fill", colour), ("stroke", colour), ("d", path));
        }
        html.Close().Line();
        return missing;
    }

    private void WriteOutline(Html html)
    {
        HullPoint s = Point(0, 0), a = Point(panel.Intervals, 0), b = Point(0, panel.Intervals);
        string path = $"M{Text(s.X)} {Text(s.Y)}L{Text(a.X)} {Text(a.Y)}L{Text(b.X)} {Text(b.Y)}Z";
        html.Empty("path", ("class", "outline"), ("d", path));
    }

    private void WriteHover(Html html)
    {
        int n = panel.Intervals;
        html.Open("g", ("class", "points"));
        for (int i = 0; i <= n; i++)
        {
            for (int j = 0; j <= n - i; j++)
            {
                HullPoint p = Point(i, j);
                html.Open("circle", ("cx", Text(p.X)), ("cy", Text(p.Y)), ("r", "5"));
                string weights = $"{Weight(n - i - j)}, {Weight(i)}, {Weight(j)}";
                html.Element("title", $"{weights}: {ReportNumber.Fixed(p.Value, 4)}").Close();
            }
        }
        html.Close().Line();
    }

    private void WriteVertex(Html html, HullVertex vertex, double centre, double top, bool below)
    {
        double x = Math.Clamp(centre - Thumb / 2, 2, Width - Thumb - 2);
        PixelImage image = vertex.Image;
        html.Empty(
            "image", ("class", EmbeddedImage.StyleClass(image, "")), ("x", Text(x)), ("y", Text(top)),
            ("width", Text(Thumb)), ("height", Text(Thumb)), ("href", EmbeddedImage.Address(image)));
        html.Empty(
            "rect", ("class", "thumb"), ("x", Text(x)), ("y", Text(top)), ("width", Text(Thumb)),
            ("height", Text(Thumb)));
        string[] lines = LabelLines(vertex.Name);
        double first = below ? top + Thumb + 19 : top - 9 - LineHeight * (lines.Length - 1);
        for (int k = 0; k < lines.Length; k++)
        {
            double half = HalfLetter * lines[k].Length;
            double middle = half > Width / 2 ? Width / 2 : Math.Clamp(x + Thumb / 2, half, Width - half);
            html.Element(
                "text", lines[k], ("class", "tick middle"), ("x", Text(middle)), ("y", Text(first + k * LineHeight)));
        }
        html.Line();
    }

    // Two words may take two lines; anything longer ends in an ellipsis (the figure's caption has room for it).
    private static string[] LabelLines(string name)
    {
        int space = name.Length > 11 ? name.LastIndexOf(' ', Math.Min(name.Length - 1, LongestLine)) : -1;
        return space > 0 ? [Shorten(name[..space]), Shorten(name[(space + 1)..])] : [Shorten(name)];
    }

    private static string Shorten(string line) =>
        line.Length > LongestLine ? string.Concat(line.AsSpan(0, LongestLine - 1), "\u2026") : line;

    private HullPoint Point(int i, int j)
    {
        double n = panel.Intervals;
        (double x, double y) = panel.Shape.At(i / n, j / n);
        return new(shiftX + scale * x, baseY - scale * y, panel.Values[i][j]);
    }

    private static (double, double) Spread(double first, double second)
    {
        double lack = Math.Max(0, Thumb + 12 - (second - first)) / 2;
        return (first - lack, second + lack);
    }

    private string Weight(int share) => ReportNumber.Fixed((double)share / panel.Intervals, 2);

    private string Description() =>
        $"{panel.Title}: confidence over the hull of {panel.Source.Name}, {panel.First.Name} and {panel.Second.Name}";

    private static string Text(double value) => ReportNumber.Coordinate(value);
}
