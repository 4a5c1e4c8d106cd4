using MiniGrad.Charts.Images;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// The box that every chart is drawn in: scales, axes with marks and titles, and the clip that keeps data inside.
/// The y axis has rules across the box, or marks beside it where an image fills it; the x axis has numbers or category
/// names.
/// </summary>
internal sealed class PlotFrame
{
    private const double TopEdge = 44;
    private const double BottomEdge = 322;
    private const double RightEdge = 616;
    private const int Intervals = 5;

    private readonly ChartAxis xAxis;
    private readonly ChartAxis yAxis;
    private readonly CategoryLabels? categories;
    private readonly bool hasRules;

    private PlotFrame(
        ChartAxis xAxis, AxisScale x, ChartAxis yAxis, AxisScale y, CategoryLabels? categories = null, bool hasRules = true) =>
        (this.xAxis, X, this.yAxis, Y, this.categories, this.hasRules) = (xAxis, x, yAxis, y, categories, hasRules);

    public AxisScale X { get; }

    public AxisScale Y { get; }

    public double Left => X.Start;

    public double Right => X.End;

    public double Top => Y.End;

    public double Bottom => Y.Start;

    private double Width => Right + 24;

    private double Height => Bottom + 72 + (categories?.Slant ?? 0);

    /// <summary>Two numeric axes, fitted to the values where their ends are open.</summary>
    public static PlotFrame Over(ChartAxis xAxis, IEnumerable<double> xs, ChartAxis yAxis, IEnumerable<double> ys)
    {
        AxisScale y = yAxis.Fit(ys, BottomEdge, TopEdge);
        return new(xAxis, xAxis.Fit(xs, LeftEdge(yAxis, y), RightEdge), yAxis, y);
    }

    /// <summary>Categories along the x axis: category k fills [k, k + 1].</summary>
    public static PlotFrame OverCategories(
        string title, IReadOnlyList<string> names, ChartAxis yAxis, IEnumerable<double> ys)
    {
        AxisScale y = yAxis.Fit(ys, BottomEdge, TopEdge);
        double left = LeftEdge(yAxis, y);
        CategoryLabels labels = new(names, RightEdge - left);
        ChartAxis xAxis = labels.Axis(title);
        double firstMiddle = 0.5 * (RightEdge - left) / Math.Max(1, names.Count);
        left = Math.Max(left, labels.Slant - firstMiddle);
        return new(xAxis, xAxis.Fit([], left, RightEdge), yAxis, y, labels);
    }

    /// <summary>Two axes with fixed ends and the same units a length; the longer one takes the given length.</summary>
    public static PlotFrame OfEqualUnits(ChartAxis xAxis, ChartAxis yAxis, double length)
    {
        AxisScale y = yAxis.Fit([], 0, 1);
        AxisScale x = xAxis.Fit([], 0, 1);
        double unit = length / Math.Max(x.Maximum - x.Minimum, y.Maximum - y.Minimum);
        double left = LeftEdge(yAxis, y);
        return new(
            xAxis, x with { Start = left, End = left + unit * (x.Maximum - x.Minimum) },
            yAxis, y with { Start = TopEdge + unit * (y.Maximum - y.Minimum), End = TopEdge }, hasRules: false);
    }

    /// <summary>Two axes with fixed ends over a square, whatever their units.</summary>
    public static PlotFrame OfSquare(ChartAxis xAxis, ChartAxis yAxis, double length)
    {
        AxisScale y = yAxis.Fit([], TopEdge + length, TopEdge);
        double left = LeftEdge(yAxis, y);
        return new(xAxis, xAxis.Fit([], left, left + length), yAxis, y, hasRules: false);
    }

    public bool CanShow(double x, double y) => X.CanShow(x) && Y.CanShow(y);

    /// <summary>True for a point that the axes can show and that lies between their ends.</summary>
    public bool Holds(double x, double y) =>
        CanShow(x, y) && x >= X.Minimum && x <= X.Maximum && y >= Y.Minimum && y <= Y.Maximum;

    /// <summary>Opens the drawing.</summary>
    public void Open(Html html, string description, string style = "plot") =>
        html.Open(
            "svg", ("class", style), ("viewBox", $"0 0 {Svg.Text(Width)} {Svg.Text(Height)}"), ("role", "img"),
            ("aria-label", description)).Line();

    /// <summary>
    /// Writes an image with a pixel for each point of a grid over the box. Pixels lie round the points, so that the image reaches
    /// half a pixel beyond the box on every side.
    /// </summary>
    public Html WriteGrid(Html html, PixelImage image)
    {
        double halfX = (Right - Left) / (image.Width - 1) / 2;
        double halfY = (Bottom - Top) / (image.Height - 1) / 2;
        return html.Empty(
            "image", ("class", "pixels"), ("x", Svg.Text(Left - halfX)), ("y", Svg.Text(Top - halfY)),
            ("width", Svg.Text(Right - Left + 2 * halfX)),
            ("height", Svg.Text(Bottom - Top + 2 * halfY)), ("preserveAspectRatio", "none"),
            ("href", EmbeddedImage.Address(image)));
    }

    /// <summary>Opens a group that is cut off a little outside the box, so that marks on its edge stay whole.</summary>
    public void OpenClip(Html html, double margin = 6)
    {
        string clip = html.NextId("clip");
        html.Open("clipPath", ("id", clip));
        Svg.Rectangle(html, null, Left - margin, Top - margin, Right + margin, Bottom + margin);
        html.Close().Open("g", ("clip-path", $"url(#{clip})")).Line();
    }

    public void WriteAxes(Html html)
    {
        foreach (double tick in yAxis.Ticks(Y, Intervals))
        {
            if (hasRules) Svg.Segment(html, "rule", Left, Y.At(tick), Right, Y.At(tick));
            else Svg.Segment(html, "axis", Left - 6, Y.At(tick), Left, Y.At(tick));
            Svg.Label(html, "tick end", Left - 10, Y.At(tick), yAxis.TickLabel(Y, tick, Intervals), "0.35em");
        }
        if (categories is null) WriteNumbers(html);
        else categories.Write(html, X, Bottom);
        Svg.Rectangle(html, "frame", Left, Top, Right, Bottom);
        Svg.Segment(html, "axis", Left, Bottom, Right, Bottom);
        Svg.Label(html, "title", 2, 20, yAxis.Title);
        Svg.Label(html, "title middle", (Left + Right) / 2, Height - 26, xAxis.Title, "0.6em");
        html.Line();
    }

    /// <summary>The horizontal line of value zero, where the axis reaches it.</summary>
    public void WriteZeroLine(Html html)
    {
        if (Y.CanShow(0) && Y.Minimum <= 0 && Y.Maximum >= 0)
            Svg.Segment(html, "axis", Left, Y.At(0), Right, Y.At(0));
    }

    private void WriteNumbers(Html html)
    {
        foreach (double tick in xAxis.Ticks(X, Intervals))
        {
            Svg.Segment(html, "axis", X.At(tick), Bottom, X.At(tick), Bottom + 6);
            Svg.Label(html, "tick middle", X.At(tick), Bottom + 10, xAxis.TickLabel(X, tick, Intervals), "0.8em");
        }
    }

    // Room for the labels at the larger type that narrow screens get.
    private static double LeftEdge(ChartAxis axis, AxisScale scale)
    {
        int longest = axis.Ticks(scale, Intervals).Max(tick => (int?)axis.TickLabel(scale, tick, Intervals).Length) ?? 0;
        return 18 + 13.5 * Math.Max(3, longest);
    }
}
