using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>Draws one <see cref="SectionPanel"/>: the signs as an image, the zero contour, arrow and points on top.</summary>
internal sealed class SectionDrawing
{
    private const double Length = 400;
    private const double HeadLength = 13;
    private const double HeadHalfWidth = 5;
    private const double Apart = 20;
    private const double Near = 19;
    private const double Far = 38;

    private readonly SectionPanel panel;
    private readonly PlotFrame frame;
    private readonly List<(double X, double Y)> taken = [];

    public SectionDrawing(SectionPanel panel)
    {
        this.panel = panel;
        frame = PlotFrame.OfEqualUnits(panel.XAxis, panel.YAxis, Length);
    }

    public void Write(Html html, bool isOneOfMany)
    {
        string names = string.Join(", ", panel.Points.Select(p => p.Name));
        frame.Open(
            html, $"{panel.Title}: sign over {panel.XAxis.Title} and {panel.YAxis.Title}, with {names}",
            isOneOfMany ? "plot section many" : "plot section");
        frame.OpenClip(html, 0);
        frame.WriteGrid(html, Signs()).Line();
        AxisScale x = new(0, panel.Columns - 1, frame.X.Start, frame.X.End, false);
        AxisScale y = new(0, panel.Rows - 1, frame.Y.Start, frame.Y.End, false);
        html.Open("path", ("class", "boundary"), ("d", ZeroContour.Path(panel.Values, x, y)));
        html.Element("title", "boundary").Close();
        html.Close().Line();
        frame.WriteAxes(html);
        frame.OpenClip(html);
        if (panel.Arrow is { } arrow) WriteArrow(html, arrow);
        WritePoints(html);
        html.Close().Close();
    }

    private PixelImage Signs()
    {
        byte[] pixels = new byte[4 * panel.Rows * panel.Columns];
        int at = 0;
        for (int row = panel.Rows - 1; row >= 0; row--)
        {
            foreach (double value in panel.Values[row])
            {
                Rgb colour = value < 0 ? SectionMap.Below : SectionMap.Above;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (colour.R, colour.G, colour.B);
                pixels[at + 3] = double.IsNaN(value) ? (byte)0 : SectionMap.Opacity;
                at += 4;
            }
        }
        return new(panel.Columns, panel.Rows, 4, pixels);
    }

    private void WriteArrow(Html html, SectionArrow arrow)
    {
        (double x1, double y1) = (frame.X.At(arrow.FromX), frame.Y.At(arrow.FromY));
        (double x2, double y2) = (frame.X.At(arrow.ToX), frame.Y.At(arrow.ToY));
        double length = Math.Sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
        if (!(length > 0) || !double.IsFinite(length)) return;
        (double ux, double uy) = ((x2 - x1) / length, (y2 - y1) / length);
        (double bx, double by) = (x2 - HeadLength * ux, y2 - HeadLength * uy);
        Svg.Segment(html, "shaft", x1, y1, bx, by);
        string head = $"M{Svg.Text(x2)} {Svg.Text(y2)}L{Svg.Text(bx - HeadHalfWidth * uy)} {Svg.Text(by + HeadHalfWidth * ux)}" +
            $"L{Svg.Text(bx + HeadHalfWidth * uy)} {Svg.Text(by - HeadHalfWidth * ux)}Z";
        html.Empty("path", ("class", "head"), ("d", head));
        foreach (double t in new[] { 0.25, 0.5, 0.75, 1 }) taken.Add((x1 + t * (x2 - x1), y1 + t * (y2 - y1)));
        WriteName(html, arrow.Name, x2, y2);
    }

    private void WritePoints(Html html)
    {
        SectionPoint[] shown = [.. panel.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))];
        foreach (SectionPoint point in shown)
        {
            (double x, double y) = (frame.X.At(point.X), frame.Y.At(point.Y));
            taken.Add((x, y));
            Svg.Dot(html, "dot", x, y, "4.5", $"{point.Name}: {ReportNumber.Short(point.X)}, {ReportNumber.Short(point.Y)}");
        }
        foreach (SectionPoint point in shown) WriteName(html, point.Name, frame.X.At(point.X), frame.Y.At(point.Y));
    }

    // The first of eight near and eight farther places round the point that is inside the box and away from points
    // and other names.
    private void WriteName(Html html, string name, double x, double y)
    {
        (double X, double Y) best = (x + Near, y);
        for (int k = 0; k < 16; k++)
        {
            double angle = Math.PI / 4 * (1 + k * 3);
            double distance = k < 8 ? Near : Far;
            (double X, double Y) place = (x + distance * Math.Cos(angle), y - distance * Math.Sin(angle));
            bool isInside = place.X > frame.Left + 8 && place.X < frame.Right - 8 && place.Y > frame.Top + 8 && place.Y < frame.Bottom - 8;
            if (!isInside || taken.Any(p => Math.Abs(p.X - place.X) + Math.Abs(p.Y - place.Y) < Apart)) continue;
            best = place;
            break;
        }
        taken.Add(best);
        Svg.Label(html, "name middle", best.X, best.Y, name, "0.35em");
    }
}
