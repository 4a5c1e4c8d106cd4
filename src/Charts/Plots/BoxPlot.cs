using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// A box for each group: quartiles and median, whiskers and outliers as in <see cref="BoxSummary"/>, the numbers on
/// hover. Where its end is open and the axis is linear, it holds zero, which has a line of its own.
/// </summary>
public sealed record BoxPlot(
    string Caption, string GroupTitle, ChartAxis YAxis, IReadOnlyList<BoxGroup> Groups,
    IReadOnlyList<ChartReference>? References = null, string Note = "") : IReportPart
{
    private const string Key = "Box: quartiles and median. Whiskers: farthest values within 1.5 box heights. Dots: values beyond.";
    private const double HalfBox = 0.28;
    private const double HalfCap = 0.14;

    /// <inheritdoc/>
    public void Write(Html html)
    {
        string id = FigureFrame.Open(html, "chart");
        PlotFrame frame = PlotFrame.OverCategories(GroupTitle, [.. Groups.Select(g => g.Name)], YAxis, Values());
        PlotReferences references = new(frame, References);
        frame.Open(html, $"Box plot of {YAxis.Title} by {GroupTitle}: {string.Join(", ", Groups.Select(g => g.Name))}");
        references.WriteBands(html);
        frame.WriteAxes(html);
        frame.WriteZeroLine(html);
        frame.OpenClip(html);
        references.WriteLines(html);
        for (int k = 0; k < Groups.Count; k++)
        {
            if (BoxSummary.Of([.. Groups[k].Values.Where(frame.Y.CanShow)]) is { } box) WriteBox(html, frame, k, box);
        }
        html.Close();
        references.WriteLabels(html);
        html.Close();
        double[] all = [.. Groups.SelectMany(g => g.Values)];
        string left = SeriesStyle.LeftOut("not finite or not positive", all.Count(v => !frame.Y.CanShow(v)), all.Length);
        FigureFrame.Close(html, id, Caption, string.Join(" ", new[] { Key, Note, left }.Where(s => s.Length > 0)));
    }

    private void WriteBox(Html html, PlotFrame frame, int slot, BoxSummary box)
    {
        double middle = slot + 0.5;
        double centre = frame.X.At(middle);
        html.Open("g", ("class", "box s0"));
        foreach ((double whisker, double quartile) in new[] { (box.LowWhisker, box.LowQuartile), (box.HighWhisker, box.HighQuartile) })
        {
            Svg.Segment(html, "whisker", centre, frame.Y.At(quartile), centre, frame.Y.At(whisker));
            Across(html, frame, "whisker", middle, HalfCap, whisker);
        }
        Svg.Rectangle(
            html, "quartiles", frame.X.At(middle - HalfBox), frame.Y.At(box.LowQuartile), frame.X.At(middle + HalfBox),
            frame.Y.At(box.HighQuartile), Hover(Groups[slot].Name, box));
        Across(html, frame, "median", middle, HalfBox, box.Median);
        foreach (double outlier in box.Outliers)
            Svg.Dot(html, "outlier", centre, frame.Y.At(outlier), "3.5", $"{Groups[slot].Name}: {ReportNumber.Short(outlier)}");
        html.Close().Line();
    }

    private static void Across(Html html, PlotFrame frame, string style, double middle, double half, double value) =>
        Svg.Segment(html, style, frame.X.At(middle - half), frame.Y.At(value), frame.X.At(middle + half), frame.Y.At(value));

    private static string Hover(string name, BoxSummary box) =>
        $"{name}: median {ReportNumber.Short(box.Median)}, quartiles {ReportNumber.Short(box.LowQuartile)} to " +
        $"{ReportNumber.Short(box.HighQuartile)}, whiskers {ReportNumber.Short(box.LowWhisker)} to " +
        $"{ReportNumber.Short(box.HighWhisker)}, {ReportNumber.Integer(box.Count)} values";

    private IEnumerable<double> Values() =>
        Groups.SelectMany(g => g.Values).Concat(PlotReferences.Values(References)).Concat(YAxis.IsLogarithmic ? [] : [0.0]);
}

/// <summary>The values that one box summarises.</summary>
public sealed record BoxGroup(string Name, IReadOnlyList<double> Values);
