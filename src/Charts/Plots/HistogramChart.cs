using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// Distributions of one or a few samples over shared bins (see <see cref="HistogramBins"/>), drawn translucent over each
/// other, as counts or as shares of each sample. References are vertical: a threshold, a chance level.
/// </summary>
public sealed record HistogramChart(
    string Caption, ChartAxis XAxis, ChartAxis YAxis, IReadOnlyList<HistogramSeries> Series, int Bins = 30,
    bool IsShare = false, IReadOnlyList<ChartReference>? References = null, string Note = "") : IReportPart
{
    public void Write(Html html)
    {
        if (XAxis.IsLogarithmic || YAxis.IsLogarithmic)
            Throw.Argument("histogram: an axis is logarithmic, but bins are equally wide and start at zero. Take linear axes.");
        AxisScale range = XAxis.Fit(Series.SelectMany(s => s.Values).Concat(PlotReferences.Values(References)), 0, 1);
        HistogramBins bins = HistogramBins.Over(range.Minimum, range.Maximum, Bins);
        string id = FigureFrame.Open(html, "chart");
        if (Series.Count > 1)
            LegendKey.WriteList(html, Series.Select((s, k) => new LegendKey(Named(s), SeriesStyle.Of("bins", k), LegendKey.Box)));
        int outside = WriteDrawing(html, bins);
        string left = SeriesStyle.LeftOut("not finite or beyond the axis", outside, Series.Sum(s => s.Values.Count));
        FigureFrame.Close(html, id, Caption, $"{Note} {left}".Trim());
    }

    private int WriteDrawing(Html html, HistogramBins bins)
    {
        (int[] Counts, int Outside)[] tallies = [.. Series.Select(s => bins.Count(s.Values))];
        double[][] heights = [.. tallies.Select(t => Heights(t.Counts))];
        double tallest = heights.SelectMany(h => h).DefaultIfEmpty().Max();
        // Labels of references stand above the bars.
        double top = tallest == 0 ? 1 : References is { Count: > 0 } ? 1.15 * tallest : tallest;
        PlotFrame frame = PlotFrame.Over(XAxis, bins.Edges, YAxis, [0, top]);
        PlotReferences references = new(frame, null, References);
        frame.Open(html, $"Histogram of {XAxis.Title}: {string.Join(", ", Series.Select(Named))}");
        references.WriteBands(html);
        frame.WriteAxes(html);
        frame.OpenClip(html, 0);
        for (int k = 0; k < Series.Count; k++)
        {
            html.Open("g", ("class", SeriesStyle.Of("bins", k)));
            for (int bin = 0; bin < heights[k].Length; bin++)
            {
                if (heights[k][bin] == 0) continue;
                (double low, double high) = (bins.Edges[bin], bins.Edges[bin + 1]);
                Svg.Rectangle(
                    html, null, frame.X.At(low), frame.Y.At(0), frame.X.At(high), frame.Y.At(heights[k][bin]),
                    $"{Series[k].Name}: {ReportNumber.Short(heights[k][bin])} in {ReportNumber.Short(low)} to {ReportNumber.Short(high)}");
            }
            html.Close().Line();
        }
        references.WriteLines(html);
        html.Close();
        references.WriteLabels(html);
        html.Close();
        return tallies.Sum(t => t.Outside);
    }

    private double[] Heights(int[] counts)
    {
        int total = counts.Sum();
        return [.. counts.Select(count => IsShare && total > 0 ? (double)count / total : count)];
    }

    private static string Named(HistogramSeries series) => $"{series.Name} ({ReportNumber.Integer(series.Values.Count)})";
}
