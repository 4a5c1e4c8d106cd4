using System.Text;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>Draws one <see cref="HeatMapPanel"/>: the values as an image, the paths on top.</summary>
internal sealed class HeatMapDrawing
{
    private const double Length = 400;

    private readonly HeatMapPanel panel;
    private readonly ValueRange range;
    private readonly string valueName;
    private readonly PlotFrame frame;

    public HeatMapDrawing(HeatMapPanel panel, ValueRange range, string valueName)
    {
        (this.panel, this.range, this.valueName) = (panel, range, valueName);
        frame = PlotFrame.OfSquare(panel.XAxis, panel.YAxis, Length);
    }

    public void Write(Html html, bool isOneOfMany)
    {
        frame.Open(
            html, $"{panel.Title}: {valueName} over {panel.XAxis.Title} and {panel.YAxis.Title}, "
            + $"from {ReportNumber.Short(range.Low)} (violet) to {ReportNumber.Short(range.High)} (yellow)",
            isOneOfMany ? "plot section heatmap many" : "plot section heatmap");
        frame.OpenClip(html, 0);
        frame.WriteGrid(html, Colours());
        html.Close().Line();
        frame.WriteAxes(html);
        // Start and end are whole at the edge too.
        frame.OpenClip(html, 10);
        foreach (HeatMapPath path in panel.Paths) WritePath(html, path);
        html.Close().Close();
    }

    private PixelImage Colours()
    {
        byte[] pixels = new byte[4 * panel.Rows * panel.Columns];
        int at = 0;
        for (int row = panel.Rows - 1; row >= 0; row--)
        {
            foreach (double value in panel.Values[row])
            {
                if (double.IsFinite(value))
                {
                    Rgb colour = Viridis.At(range.Share(value));
                    (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (colour.R, colour.G, colour.B, 255);
                }
                at += 4;
            }
        }
        return new(panel.Columns, panel.Rows, 4, pixels);
    }

    private void WritePath(Html html, HeatMapPath path)
    {
        (double X, double Y)[] shown =
            [.. path.Points.Where(p => frame.CanShow(p.X, p.Y)).Select(p => (frame.X.At(p.X), frame.Y.At(p.Y)))];
        if (shown.Length == 0) return;
        StringBuilder line = new();
        foreach ((double x, double y) in shown)
        {
            line.Append(line.Length == 0 ? 'M' : 'L').Append(ReportNumber.CoarseCoordinate(x)).Append(' ')
                .Append(ReportNumber.CoarseCoordinate(y));
        }
        // A dark edge keeps the line apart from yellow, its light middle from violet.
        html.Empty("path", ("class", "trail-edge"), ("d", line.ToString()));
        html.Open("path", ("class", "trail"), ("d", line.ToString())).Element("title", path.Name).Close();
        Svg.Dot(html, "trail-start", shown[0].X, shown[0].Y, "6", $"{path.Name}: start");
        Svg.Dot(html, "trail-end", shown[^1].X, shown[^1].Y, "7", $"{path.Name}: end");
        html.Line();
    }
}
