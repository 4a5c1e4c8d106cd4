using System.Xml.Linq;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class ScatterChartTests
{
    [Fact]
    public void Extreme_points_lie_on_the_corners()
    {
        XElement chart = Markup.Of(Chart([0, 3], [1, 5]));
        (double left, double top, double right, double bottom) = chart.Frame();
        string[] marks = [.. Marks(chart)];
        Assert.StartsWith(FormattableString.Invariant($"M{left - 4} {bottom}a"), marks[0]);
        Assert.StartsWith(FormattableString.Invariant($"M{right - 4} {top}a"), marks[1]);
    }

    [Fact]
    public void Identity_gives_both_axes_one_range()
    {
        ScatterChart chart = Chart([0, 1], [3, 10]) with { Identity = "y = x" };
        XElement drawn = Markup.Of(chart);
        (double left, double top, double right, double bottom) = drawn.Frame();
        Assert.Equal(FormattableString.Invariant($"M{left} {bottom}L{right} {top}"), drawn.WithClass("reference").Single().ValueOf("d"));
        Assert.Contains(drawn.WithClass("remark"), label => label.Value == "y = x");
    }

    [Fact]
    public void Series_differ_in_shape_and_stand_in_the_legend()
    {
        ScatterChart chart = Chart([0, 1], [0, 1]);
        XElement drawn = Markup.Of(chart with { Series = [.. chart.Series, new("t", [0.5], [0.5])] });
        Assert.Equal(["s (2)", "t (1)"], drawn.WithClass("legend").Single().Elements("li").Select(e => e.Value));
        string[] marks = [.. Marks(drawn)];
        Assert.Contains("a4 4", marks[0]);
        Assert.DoesNotContain("a4 4", marks[2]);
        Assert.Equal("t: 0.5 at 0.5", drawn.WithClass("s1").Single(e => e.Name == "g").Value);
    }

    [Fact]
    public void Points_the_axes_do_not_hold_are_counted()
    {
        ScatterChart chart = Chart([0.5, 2, double.NaN, 0.1], [0.5, 0.5, 0.5, double.PositiveInfinity]) with
        {
            XAxis = new("x", "", 0, 1),
            YAxis = new("y", "", 0, 1),
        };
        XElement drawn = Markup.Of(chart);
        Assert.Single(Marks(drawn));
        Assert.Contains("3 / 4 (75.0 %)", drawn.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Large_series_are_one_path()
    {
        double[] many = [.. Enumerable.Range(0, 1000).Select(k => (double)k)];
        string mark = Assert.Single(Marks(Markup.Of(Chart(many, many))));
        Assert.Equal(1000, mark.Count(c => c == 'M'));
    }

    [Fact]
    public void References_run_both_ways()
    {
        XElement chart = Markup.Of(Chart([0, 1], [0, 1]) with { References = [new("low", 0.5)], XReferences = [new("left", 0, 0.25)] });
        Assert.Single(chart.WithClass("reference"));
        (double left, double top, double right, double bottom) = chart.Frame();
        XElement band = chart.WithClass("band").Single();
        Assert.Equal((left, top, bottom), (band.Sides().Left, band.Sides().Top, band.Sides().Bottom));
        Assert.Equal(left + (right - left) / 4, band.Sides().Right, 0.011);
    }

    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new double[] { 3 }, new double[] { 7 })]
    [InlineData(new double[] { 1, 2 }, new double[] { double.NaN, double.NegativeInfinity })]
    public void Little_or_no_data_still_gives_a_chart(double[] x, double[] y)
    {
        Assert.NotEmpty(Markup.Of(Chart(x, y)).WithClass("tick"));
        Assert.NotEmpty(Markup.Of(Chart(x, y) with { Identity = "y = x" }).WithClass("tick"));
    }

    [Fact]
    public void Refuses_series_of_unequal_length() =>
        Assert.Contains("2 x values and 1 y", Assert.Throws<ArgumentException>(() => Markup.Of(Chart([0, 1], [0]))).Message);

    private static ScatterChart Chart(double[] x, double[] y) => new("c", new("x"), new("y"), [new("s", x, y)]);

    private static IEnumerable<string> Marks(XElement chart) =>
        chart.WithClass("mark").Where(e => e.Name == "g").Elements("path").Select(p => p.ValueOf("d"));
}
