using System.Xml.Linq;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class BoxPlotTests
{
    [Fact]
    public void Summary_by_hand()
    {
        BoxSummary box = BoxSummary.Of([7, 1, 2, double.NaN, 3, 4, 5, 6, 100, -50])!;
        // Sorted: -50 1 2 3 4 5 6 7 100. Quartiles 2 and 6, so the fences are -4 and 12.
        Assert.Equal((9, 1), (box.Count, box.Missing));
        Assert.Equal((1.0, 2.0, 4.0, 6.0, 7.0), (box.LowWhisker, box.LowQuartile, box.Median, box.HighQuartile, box.HighWhisker));
        Assert.Equal([-50, 100], box.Outliers);
    }

    [Fact]
    public void Equal_values_have_no_height_and_no_outliers()
    {
        BoxSummary box = BoxSummary.Of([3, 3, 3])!;
        Assert.Equal((3.0, 3.0, 3.0), (box.LowWhisker, box.Median, box.HighWhisker));
        Assert.Empty(box.Outliers);
        Assert.Null(BoxSummary.Of([double.NaN]));
    }

    [Fact]
    public void Box_and_outliers_lie_at_their_values_and_zero_has_a_line()
    {
        XElement chart = Markup.Of(Plot([-10, 0, 1, 2, 3, 4, 10]));
        (double left, double top, double right, double bottom) = chart.Frame();
        double unit = (bottom - top) / 20;
        XElement box = chart.WithClass("quartiles").Single();
        Assert.Equal(bottom - 13.5 * unit, box.Sides().Top, 0.011);
        Assert.Equal(bottom - 10.5 * unit, box.Sides().Bottom, 0.011);
        Assert.Equal((left + right) / 2, (box.Sides().Left + box.Sides().Right) / 2, 0.011);
        Assert.Equal([bottom, top], chart.WithClass("outlier").Select(dot => dot.NumberOf("cy")));
        string zero = FormattableString.Invariant($"M{left} {(top + bottom) / 2}L{right} {(top + bottom) / 2}");
        Assert.Contains(chart.WithClass("axis"), line => line.ValueOf("d") == zero);
    }

    [Fact]
    public void An_open_axis_holds_zero()
    {
        XElement chart = Markup.Of(Plot([-3, -2, -1]));
        Assert.Contains(chart.WithClass("tick"), tick => tick.Value == "0");
        Assert.Equal("a: median \u22122, quartiles \u22122.5 to \u22121.5, whiskers \u22123 to \u22121, 3 values",
            chart.WithClass("quartiles").Single().Value);
    }

    [Fact]
    public void Groups_without_values_keep_their_slot()
    {
        BoxPlot plot = new("c", "g", new("y"), [new("none", []), new("a", [1, 2]), new("lost", [double.NaN])]);
        XElement chart = Markup.Of(plot);
        Assert.Single(chart.WithClass("box"));
        Assert.Equal(["none", "a", "lost"], chart.WithClass("tick").Where(t => t.ValueOf("class") == "tick middle").Select(t => t.Value));
        Assert.Contains("1 / 3 (33.3 %)", chart.Descendants("figcaption").Single().Value);
        Assert.NotEmpty(Markup.Of(plot with { Groups = [] }).WithClass("tick"));
    }

    [Fact]
    public void A_logarithmic_axis_leaves_out_what_is_not_positive()
    {
        XElement chart = Markup.Of(Plot([0, 1, 10, 100]) with { YAxis = new("y", IsLogarithmic: true) });
        Assert.Contains("3 values", chart.WithClass("quartiles").Single().Value);
        Assert.Contains("1 / 4", chart.Descendants("figcaption").Single().Value);
    }

    private static BoxPlot Plot(double[] values) => new("c", "g", new("y"), [new("a", values)]);
}
