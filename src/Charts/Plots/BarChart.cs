using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>
/// Bars over categories, series side by side, with horizontal references (a chance level) and values on hover. Bars
/// start at zero, which an open axis therefore holds.
/// </summary>
public sealed record BarChart(
    string Caption, string CategoryTitle, IReadOnlyList<string> Categories, ChartAxis YAxis,
    IReadOnlyList<BarSeries> Series, IReadOnlyList<ChartReference>? References = null, string Note = "") : IReportPart
{
    private const double ShareOfSlot = 0.76;

    /// <inheritdoc/>
    public void Write(Html html)
    {
        Check();
        string id = FigureFrame.Open(html, "chart");
        if (Series.Count > 1)
            LegendKey.WriteList(html, Series.Select((bars, k) => new LegendKey(bars.Name, SeriesStyle.Of("bar", k), LegendKey.Box)));
        int unshown = WriteDrawing(html);
        string left = SeriesStyle.LeftOut("not finite", unshown, Series.Count * Categories.Count);
        FigureFrame.Close(html, id, Caption, $"{Note} {left}".Trim());
    }

    private void Check()
    {
        if (YAxis.IsLogarithmic)
            Throw.Argument($"bar chart: axis \"{YAxis.Label}\" is logarithmic, but bars start at zero. Take a linear axis.");
        foreach (BarSeries bars in Series)
        {
            if (bars.Values.Count != Categories.Count)
                Throw.Argument(
                    $"bar chart: \"{bars.Name}\" has {bars.Values.Count} values for {Categories.Count} categories. Give one each.");
        }
    }

    private int WriteDrawing(Html html)
    {
        PlotFrame frame = PlotFrame.OverCategories(CategoryTitle, Categories, YAxis, Heights());
        PlotReferences references = new(frame, References);
        frame.Open(html, $"Bar chart of {YAxis.Title} over {CategoryTitle}: {string.Join(", ", Series.Select(s => s.Name))}");
        references.WriteBands(html);
        frame.WriteAxes(html);
        frame.OpenClip(html, 0);
        int unshown = 0;
        for (int k = 0; k < Series.Count; k++)
        {
            html.Open("g", ("class", SeriesStyle.Of("bar", k)));
            for (int slot = 0; slot < Categories.Count; slot++)
            {
                if (frame.Y.CanShow(Series[k].Values[slot])) WriteBar(html, frame, k, slot);
                else unshown++;
            }
            html.Close().Line();
        }
        references.WriteLines(html);
        html.Close();
        frame.WriteZeroLine(html);
        references.WriteLabels(html);
        html.Close();
        return unshown;
    }

    private void WriteBar(Html html, PlotFrame frame, int series, int slot)
    {
        double value = Series[series].Values[slot];
        double width = ShareOfSlot / Series.Count;
        double start = slot + (1 - ShareOfSlot) / 2 + series * width;
        Svg.Rectangle(
            html, null, frame.X.At(start), frame.Y.At(0), frame.X.At(start + width), frame.Y.At(value),
            $"{Series[series].Name}, {Categories[slot]}: {ReportNumber.Short(value)}");
    }

    // Zero is where bars start; without any bar, the axis still goes up.
    private double[] Heights()
    {
        double[] shown = [0, .. Series.SelectMany(bars => bars.Values), .. PlotReferences.Values(References)];
        return shown.Any(value => double.IsFinite(value) && value != 0) ? shown : [0, 1];
    }
}

/// <summary>One value a category; NaN leaves the category without a bar.</summary>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values);
