using System.Xml.Linq;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class BarChartTests
{
    [Fact]
    public void Bars_stand_on_zero_and_reach_their_value()
    {
        XElement chart = Markup.Of(Chart([4, 1, -4]));
        (_, double top, _, double bottom) = chart.Frame();
        double zero = (top + bottom) / 2;
        (double, double)[] spans = [.. Rectangles(chart).Select(r => (r.Sides().Top, r.Sides().Bottom))];
        Assert.Equal((top, zero), spans[0]);
        Assert.Equal(zero + (top - zero) / 4, spans[1].Item1, 0.011);
        Assert.Equal((zero, bottom), spans[2]);
    }

    [Fact]
    public void Positive_bars_put_zero_on_the_axis()
    {
        XElement chart = Markup.Of(Chart([5, 6, 7]));
        Assert.All(Rectangles(chart), bar => Assert.Equal(chart.Frame().Bottom, bar.Sides().Bottom, 0.011));
        Assert.Contains(chart.WithClass("tick"), tick => tick.Value == "0");
    }

    [Fact]
    public void Series_stand_side_by_side_in_their_slot()
    {
        BarChart one = Chart([3, 2, 1]);
        XElement chart = Markup.Of(one with { Series = [.. one.Series, new("t", [1, 2, 3])] });
        (double left, _, double right, _) = chart.Frame();
        XElement[] bars = [.. Rectangles(chart)];
        for (int slot = 0; slot < 3; slot++)
        {
            double start = left + slot * (right - left) / 3;
            Assert.Equal(bars[slot].Sides().Right, bars[3 + slot].Sides().Left, 0.021);
            Assert.True(bars[slot].Sides().Left > start && bars[3 + slot].Sides().Right < start + (right - left) / 3);
        }
        Assert.Equal(["s", "t"], chart.WithClass("legend").Single().Elements("li").Select(e => e.Value));
        Assert.Empty(Markup.Of(one).WithClass("legend"));
    }

    [Fact]
    public void Hover_names_series_category_and_value()
    {
        XElement chart = Markup.Of(Chart([0.25, double.NaN, 1]));
        Assert.Equal(["s, a: 0.25", "s, c: 1"], Rectangles(chart).Select(r => r.Value));
        Assert.Contains("not finite: 1 / 3 (33.3 %)", chart.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Chance_level_is_a_dashed_line_at_its_value()
    {
        XElement chart = Markup.Of(Chart([1, 0, 0]) with { References = [new("chance", 0.5)] });
        (double left, double top, double right, double bottom) = chart.Frame();
        string line = chart.WithClass("reference").Single().ValueOf("d");
        Assert.Equal(FormattableString.Invariant($"M{left} {(top + bottom) / 2}L{right} {(top + bottom) / 2}"), line);
    }

    [Fact]
    public void Long_names_are_slanted_and_keep_inside_the_drawing()
    {
        string[] names = [.. Enumerable.Range(0, 9).Select(k => $"a very long category name {k}")];
        XElement chart = Markup.Of(new BarChart("c", "x", names, new("y"), [new("s", [.. names.Select(n => 1.0)])]));
        XElement[] labels = [.. chart.WithClass("slanted")];
        Assert.Equal(9, labels.Length);
        Assert.All(labels, label => Assert.Equal(16, label.Value.Length));
        Assert.True(labels[0].NumberOf("x") > 9.5 * 16 * Math.Sqrt(0.5));
        Assert.Empty(Markup.Of(Chart([1, 2, 3])).WithClass("slanted"));
    }

    [Fact]
    public void Very_many_names_are_thinned()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(k => $"{k}")];
        XElement chart = Markup.Of(new BarChart("c", "x", names, new("y"), [new("s", [.. names.Select(n => 1.0)])]));
        Assert.InRange(chart.WithClass("slanted").Count(), 15, 25);
        Assert.Equal(200, Rectangles(chart).Count());
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 0 })]
    [InlineData(new double[] { double.NaN, double.PositiveInfinity, double.NaN })]
    public void Nothing_to_stand_up_still_gives_axes(double[] values) =>
        Assert.Contains(Markup.Of(Chart(values)).WithClass("tick"), tick => tick.Value == "1.0");

    [Fact]
    public void No_category_at_all_still_gives_axes() =>
        Assert.NotEmpty(Markup.Of(new BarChart("c", "x", [], new("y"), [])).WithClass("tick"));

    [Fact]
    public void Refuses_missing_values_and_logarithmic_heights()
    {
        Assert.Contains("2 values for 3", Assert.Throws<ArgumentException>(() => Markup.Of(Chart([1, 2]))).Message);
        BarChart logarithmic = Chart([1, 2, 3]) with { YAxis = new("y", IsLogarithmic: true) };
        Assert.Contains("start at zero", Assert.Throws<ArgumentException>(() => Markup.Of(logarithmic)).Message);
    }

    private static BarChart Chart(double[] values) => new("c", "x", ["a", "b", "c"], new("y"), [new("s", values)]);

    private static IEnumerable<XElement> Rectangles(XElement chart) => chart.WithClass("bar").SelectMany(g => g.Elements("rect"));
}
