using System.Globalization;
using System.Xml.Linq;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class LineChartTests
{
    [Fact]
    public void Extreme_points_lie_on_the_plot_edges()
    {
        XElement chart = Markup.Of(Chart([0, 5, 20], [0.25, 0.75, 0.5]));
        (double left, double top, double right, double bottom) = chart.Frame();
        Assert.Equal((left, bottom), Dot(chart, 0));
        Assert.Equal((left + (right - left) / 4, top), Dot(chart, 1), Near);
        Assert.Equal((right, (top + bottom) / 2), Dot(chart, 2), Near);
    }

    [Fact]
    public void Logarithmic_axis_spaces_decades_evenly()
    {
        XElement chart = Markup.Of(Chart([0, 1, 2], [0.01, 0.1, 1], logarithmic: true));
        (_, double top, _, double bottom) = chart.Frame();
        Assert.Equal(bottom, Dot(chart, 0).Y, 0.011);
        Assert.Equal((top + bottom) / 2, Dot(chart, 1).Y, 0.011);
        Assert.Equal(top, Dot(chart, 2).Y, 0.011);
    }

    [Fact]
    public void Values_an_axis_cannot_show_break_the_line_and_are_counted()
    {
        XElement chart = Markup.Of(Chart([0, 1, 2, 3, 4], [1, 10, 0, 5, double.NaN], logarithmic: true));
        string path = chart.WithClass("s0").Last().Element("path")!.ValueOf("d");
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Contains("not positive: 2 / 5 (40.0 %)", chart.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void A_reference_lies_at_its_value_and_widens_an_open_axis()
    {
        LineChart chart = Chart([0, 1], [0.5, 1]) with { References = [new("floor", 0), new("half", 0.5, 1)] };
        XElement drawn = Markup.Of(chart);
        (_, double top, _, double bottom) = drawn.Frame();
        string line = drawn.WithClass("reference").Single().ValueOf("d");
        Assert.Contains($" {bottom.ToString(CultureInfo.InvariantCulture)}L", line);
        XElement band = drawn.WithClass("band").Single();
        Assert.Equal((bottom - top) / 2, band.NumberOf("height"), 0.011);
        Assert.Equal(top, band.NumberOf("y"), 0.011);
    }

    [Fact]
    public void Faint_lines_of_one_name_share_a_legend_entry()
    {
        LineSeries thin = new("path", [0, 1], [0, 1], IsFaint: true);
        LineChart chart = new("c", new("x"), new("y"), [thin, thin, thin, new("mean", [0, 1], [0, 1])]);
        XElement legend = Markup.Of(chart).WithClass("legend").Single();
        Assert.Equal(["path (3 lines)", "mean"], legend.Elements("li").Select(e => e.Value));
    }

    [Fact]
    public void Details_tell_faint_lines_apart_on_hover()
    {
        LineSeries one = new("competitor", [0, 1], [0, 1], IsFaint: true, Detail: "7");
        XElement chart = Markup.Of(new LineChart("c", new("x"), new("y"), [one, one with { Detail = "9" }]));
        Assert.Equal(["competitor (2 lines)"], chart.WithClass("legend").Single().Elements("li").Select(e => e.Value));
        Assert.Equal(["competitor: 7", "competitor: 9"], chart.WithClass("faint").Descendants("title").Select(t => t.Value));
    }

    [Fact]
    public void Identity_runs_where_both_axes_have_the_value()
    {
        LineChart chart = new("c", new("x", "", 0, 1), new("y", "", 0, 2), [new("s", [0, 1], [0, 2])], Identity: "chance");
        XElement drawn = Markup.Of(chart);
        (double left, double top, double right, double bottom) = drawn.Frame();
        string expected = string.Create(CultureInfo.InvariantCulture, $"M{left} {bottom}L{right} {(top + bottom) / 2}");
        Assert.Equal(expected, drawn.WithClass("reference").Single().ValueOf("d"));
        Assert.Contains(drawn.WithClass("remark"), label => label.Value == "chance");
        Assert.Empty(Markup.Of(chart with { YAxis = new("y", "", 3, 4) }).WithClass("reference"));
        Assert.Empty(Markup.Of(chart with { Identity = "" }).WithClass("reference"));
    }

    [Fact]
    public void Hover_values_are_thinned_but_keep_the_last_point()
    {
        double[] many = [.. Enumerable.Range(0, 1001).Select(k => (double)k)];
        List<XElement> dots = [.. Markup.Of(Chart(many, many)).Descendants("circle")];
        Assert.InRange(dots.Count, 50, 62);
        Assert.Equal("s: 1000 at 1000", dots[^1].Value);
    }

    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new double[] { 3 }, new double[] { 7 })]
    [InlineData(new double[] { 1, 2 }, new double[] { double.NaN, double.NegativeInfinity })]
    public void Little_or_no_data_still_gives_a_chart(double[] x, double[] y)
    {
        Assert.NotEmpty(Markup.Of(Chart(x, y)).WithClass("tick"));
        Assert.NotEmpty(Markup.Of(Chart(x, y, logarithmic: true)).WithClass("tick"));
    }

    [Fact]
    public void Refuses_series_of_unequal_length()
    {
        string message = Assert.Throws<ArgumentException>(() => Markup.Of(Chart([0, 1], [0]))).Message;
        Assert.Contains("2 x values and 1 y", message);
    }

    private static LineChart Chart(double[] x, double[] y, bool logarithmic = false) =>
        new("c", new("x"), new("y", IsLogarithmic: logarithmic), [new("s", x, y)]);

    private static (double X, double Y) Dot(XElement chart, int index)
    {
        XElement dot = chart.Descendants("circle").ElementAt(index);
        return (dot.NumberOf("cx"), dot.NumberOf("cy"));
    }

    private static bool Near((double X, double Y) a, (double X, double Y) b) =>
        Math.Abs(a.X - b.X) < 0.011 && Math.Abs(a.Y - b.Y) < 0.011;
}
