using System.Text;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>Draws one <see cref="SurfacePanel"/>: filled contours between the spheres, level lines, and the values to hover over.</summary>
internal sealed class SurfaceDrawing
{
    private const double Length = 400;
    private const int Shades = 100;

    private readonly SurfacePanel panel;
    private readonly PlotFrame frame;

    public SurfaceDrawing(SurfacePanel panel)
    {
        this.panel = panel;
        frame = PlotFrame.OfSquare(
            new("iteration", Minimum: panel.Iterations[0], Maximum: panel.Iterations[^1]),
            new("radius, L2", Minimum: panel.Radii[0], Maximum: panel.Radii[^1]), Length);
    }

    /// <summary>Draws the panel and returns the number of spheres without a value.</summary>
    public int Write(Html html, bool isOneOfMany)
    {
        frame.Open(
            html, $"{panel.Title}: confidence over iteration and radius, from 0 (violet) to 1 (yellow)",
            isOneOfMany ? "plot section surface many" : "plot section surface");
        WriteShades(html);
        WriteLines(html);
        frame.WriteAxes(html);
        WriteHover(html);
        html.Close();
        return panel.Values.Sum(row => row.Count(value => !double.IsFinite(value)));
    }

    private void WriteShades(Html html)
    {
        HullContours contours = new(Shades);
        for (int row = 0; row + 1 < panel.Radii.Count; row++)
        {
            for (int column = 0; column + 1 < panel.Iterations.Count; column++)
            {
                (HullPoint a, HullPoint b) = (Point(row, column), Point(row, column + 1));
                (HullPoint c, HullPoint d) = (Point(row + 1, column + 1), Point(row + 1, column));
                contours.Add(a, b, c);
                contours.Add(a, c, d);
            }
        }
        // A hairline in the fill's own colour closes the seams that smoothing leaves between neighbours.
        html.Open("g", ("class", "contours"), ("stroke-width", "1.3"), ("stroke-linejoin", "round"));
        foreach ((int level, string path) in contours.Paths())
        {
            string colour = Viridis.At((level + 0.5) / Shades).Hex;
            html.Empty("path", ("fill", colour), ("stroke", colour), ("d", path));
        }
        html.Close().Line();
    }

    private void WriteLines(Html html)
    {
        double[] iterations = [.. panel.Iterations.Select(i => (double)i)];
        foreach (double level in SurfaceFigure.Levels)
        {
            double[][] above = [.. panel.Values.Select(row => row.Select(value => value - level).ToArray())];
            StringBuilder path = new();
            foreach ((double x1, double y1, double x2, double y2) in ZeroContour.Segments(above))
            {
                path.Append('M').Append(X(x1)).Append(' ').Append(Y(y1)).Append('L').Append(X(x2)).Append(' ').Append(Y(y2));
            }
            if (path.Length == 0) continue;
            html.Open("path", ("class", "levels"), ("d", path.ToString()))
                .Element("title", $"confidence {ReportNumber.Short(level)}").Close();
        }
        html.Line();

        string X(double column) => ReportNumber.CoarseCoordinate(frame.X.At(Between(iterations, column)));
        string Y(double row) => ReportNumber.CoarseCoordinate(frame.Y.At(Between(panel.Radii, row)));
    }

    private void WriteHover(Html html)
    {
        html.Open("g", ("class", "points"));
        for (int row = 0; row < panel.Radii.Count; row++)
        {
            for (int column = 0; column < panel.Iterations.Count; column++)
            {
                HullPoint p = Point(row, column);
                if (!double.IsFinite(p.Value)) continue;
                html.Open("circle", ("cx", Svg.Text(p.X)), ("cy", Svg.Text(p.Y)), ("r", "6"));
                html.Element("title", $"iteration {panel.Iterations[column]}, radius {ReportNumber.Short(panel.Radii[row])}: "
                    + ReportNumber.Fixed(p.Value, 4)).Close();
            }
        }
        html.Close().Line();
    }

    private HullPoint Point(int row, int column) =>
        new(frame.X.At(panel.Iterations[column]), frame.Y.At(panel.Radii[row]), panel.Values[row][column]);

    /// <summary>The value at a place between the marks of a grid.</summary>
    private static double Between(IReadOnlyList<double> marks, double place)
    {
        int k = Math.Min((int)place, marks.Count - 2);
        return marks[k] + (place - k) * (marks[k + 1] - marks[k]);
    }
}
