namespace MiniGrad.Charts.Plots;

/// <summary>
/// Draws the references of a chart: horizontal ones at values of the y axis, vertical ones at values of the x axis, and
/// the line y = x. Bands belong below the data, lines above faint data, labels above everything.
/// </summary>
internal sealed class PlotReferences(
    PlotFrame frame, IReadOnlyList<ChartReference>? horizontal, IReadOnlyList<ChartReference>? vertical = null,
    string identity = "")
{
    private readonly IReadOnlyList<ChartReference> rows = horizontal ?? [];
    private readonly IReadOnlyList<ChartReference> columns = vertical ?? [];

    /// <summary>All values named by references, for the fit of an axis.</summary>
    public static IEnumerable<double> Values(IReadOnlyList<ChartReference>? references) =>
        (references ?? []).SelectMany(r => r.High is { } high ? new[] { r.Low, high } : [r.Low]);

    public void WriteBands(Html html)
    {
        foreach (ChartReference row in rows)
        {
            if (Extent(row, frame.Y) is { } y) Svg.Rectangle(html, "band", frame.Left, y.Low, frame.Right, y.High);
        }
        foreach (ChartReference column in columns)
        {
            if (Extent(column, frame.X) is { } x) Svg.Rectangle(html, "band", x.Low, frame.Top, x.High, frame.Bottom);
        }
    }

    public void WriteLines(Html html)
    {
        foreach (ChartReference row in rows)
        {
            if (row.High is null && frame.Y.CanShow(row.Low))
                Svg.Segment(html, "reference", frame.Left, frame.Y.At(row.Low), frame.Right, frame.Y.At(row.Low));
        }
        foreach (ChartReference column in columns)
        {
            if (column.High is null && frame.X.CanShow(column.Low))
                Svg.Segment(html, "reference", frame.X.At(column.Low), frame.Bottom, frame.X.At(column.Low), frame.Top);
        }
        if (Shared() is { } range)
            Svg.Segment(html, "reference", frame.X.At(range.Low), frame.Y.At(range.Low), frame.X.At(range.High), frame.Y.At(range.High));
    }

    public void WriteLabels(Html html)
    {
        foreach (ChartReference row in rows)
        {
            if (row.Label.Length == 0 || !frame.Y.CanShow(row.Low)) continue;
            double line = frame.Y.At(row.Low);
            if (line < frame.Top || line > frame.Bottom) continue;
            // Below the line, unless that would run into the axis.
            bool above = line > frame.Bottom - 34;
            Svg.Label(html, "remark end", frame.Right - 8, line, row.Label, above ? "-0.5em" : "1.2em");
        }
        foreach (ChartReference column in columns)
        {
            if (column.Label.Length == 0 || !frame.X.CanShow(column.Low)) continue;
            double line = frame.X.At(column.Low);
            if (line < frame.Left || line > frame.Right) continue;
            // To the right, unless there is no room for a few words.
            bool before = line > frame.Right - 150;
            Svg.Label(html, before ? "remark end" : "remark", line + (before ? -8 : 8), frame.Top, column.Label, "1.2em");
        }
        if (Shared() is not { } range) return;
        // Right of the line and below it, where it leaves room for a few words.
        double at = range.Low + 0.7 * (range.High - range.Low);
        Svg.Label(html, "remark", frame.X.At(at) + 10, frame.Y.At(at), identity, "1.2em");
    }

    private static (double Low, double High)? Extent(ChartReference reference, AxisScale scale)
    {
        if (reference.High is not { } high || !scale.CanShow(reference.Low) || !scale.CanShow(high)) return null;
        (double first, double last) = (Math.Min(scale.Start, scale.End), Math.Max(scale.Start, scale.End));
        return (Math.Clamp(scale.At(reference.Low), first, last), Math.Clamp(scale.At(high), first, last));
    }

    // The values both axes show; none without a label for the line y = x.
    private (double Low, double High)? Shared()
    {
        if (identity.Length == 0) return null;
        double low = Math.Max(frame.X.Minimum, frame.Y.Minimum);
        double high = Math.Min(frame.X.Maximum, frame.Y.Maximum);
        return low < high ? (low, high) : null;
    }
}

/// <summary>
/// A reference across a chart: a dashed line at Low, or a band from Low to High. An empty label leaves it unnamed.
/// </summary>
public sealed record ChartReference(string Label, double Low, double? High = null);
