using System.Xml.Linq;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class HistogramChartTests
{
    [Fact]
    public void Zero_is_an_edge_and_every_value_falls_into_the_bin_that_holds_it()
    {
        HistogramBins bins = HistogramBins.Over(-0.47, 0.83, 15);
        Assert.Contains(0.0, bins.Edges);
        Assert.InRange(bins.Edges.Count - 1, 7, 16);
        double[] values = [-0.47, -1e-300, 0, 0.3, 0.1 + 0.2, 0.83, double.NaN, 7];
        (int[] counts, int outside) = bins.Count(values);
        Assert.Equal(2, outside);
        for (int k = 0; k < counts.Length; k++)
            Assert.Equal(values.Count(v => v >= bins.Edges[k] && v < bins.Edges[k + 1]), counts[k]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-3, 17)]
    [InlineData(0.2, 0.8)]
    [InlineData(1e-9, 4e-9)]
    [InlineData(-1000, -999)]
    public void Bins_cover_the_range_with_one_width(double low, double high)
    {
        for (int count = 4; count < 60; count++)
        {
            HistogramBins bins = HistogramBins.Over(low, high, count);
            Assert.True(bins.Edges[0] <= low && bins.Edges[^1] >= high);
            double width = bins.Edges[1] - bins.Edges[0];
            for (int k = 1; k < bins.Edges.Count; k++)
                Assert.Equal(width, bins.Edges[k] - bins.Edges[k - 1], 1e-6 * width + 1e-12 * Math.Abs(low));
        }
    }

    [Fact]
    public void The_last_bin_holds_its_upper_edge() =>
        Assert.Equal([1, 0, 0, 2], HistogramBins.Over(0, 4, 4).Count([0, 3, 4]).Counts);

    [Fact]
    public void Shares_of_unequal_samples_reach_the_same_height()
    {
        HistogramChart chart = new(
            "c", new("x", "", 0, 4), new("y"), [new("a", [0.5, 0.5, 0.5, 1.5]), new("b", [2.5])], 4, IsShare: true);
        XElement drawn = Markup.Of(chart);
        Assert.Equal(
            ["a: 0.75 in 0 to 1", "a: 0.25 in 1 to 2", "b: 1 in 2 to 3"], drawn.WithClass("bins").Elements("rect").Select(r => r.Value));
        Assert.Equal(drawn.Frame().Top, drawn.WithClass("s1").Elements("rect").Single().Sides().Top, 0.011);
        Assert.Equal(["a (4)", "b (1)"], drawn.WithClass("legend").Single().Elements("li").Select(e => e.Value));
    }

    [Fact]
    public void A_reference_stands_upright_at_its_value_and_widens_the_axis()
    {
        HistogramChart chart = new("c", new("x"), new("n"), [new("a", [0, 1])], References: [new("threshold", 4)]);
        XElement drawn = Markup.Of(chart);
        (_, double top, double right, double bottom) = drawn.Frame();
        Assert.Equal(FormattableString.Invariant($"M{right} {bottom}L{right} {top}"), drawn.WithClass("reference").Single().ValueOf("d"));
    }

    [Fact]
    public void Values_beyond_a_fixed_axis_are_counted_in_the_note()
    {
        HistogramChart chart = new("c", new("x", "", 0, 1), new("n"), [new("a", [0.5, 2, double.NaN])]);
        Assert.Contains("beyond the axis: 2 / 3 (66.7 %)", Markup.Of(chart).Descendants("figcaption").Single().Value);
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new double[] { 3 })]
    [InlineData(new double[] { double.NaN, double.NegativeInfinity })]
    public void Little_or_no_data_still_gives_a_chart(double[] values) =>
        Assert.NotEmpty(Markup.Of(new HistogramChart("c", new("x"), new("n"), [new("a", values)])).WithClass("tick"));

    [Fact]
    public void Refuses_logarithmic_axes_and_too_few_bins()
    {
        HistogramChart chart = new("c", new("x"), new("n"), [new("a", [1, 2])]);
        Assert.Throws<ArgumentException>(() => Markup.Of(chart with { XAxis = new("x", IsLogarithmic: true) }));
        Assert.Throws<ArgumentException>(() => Markup.Of(chart with { YAxis = new("y", IsLogarithmic: true) }));
        Assert.Contains("at least 4", Assert.Throws<ArgumentOutOfRangeException>(() => Markup.Of(chart with { Bins = 3 })).Message);
    }
}
