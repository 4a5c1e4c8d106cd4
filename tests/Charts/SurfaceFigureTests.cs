using System.Globalization;
using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class SurfaceFigureTests
{
    private static readonly SurfacePanel Plane = new("p", [0, 20, 100], [0, 1, 4], [[1, 1, 1], [0.6, 0.6, 0.6], [0, 0, 0]]);

    [Fact]
    public void Level_lines_lie_where_the_value_is_reached()
    {
        XElement figure = Markup.Of(new SurfaceFigure("c", [Plane]));
        (double left, double top, double right, double bottom) = figure.Frame();
        Assert.Equal(["confidence 0.1", "confidence 0.25", "confidence 0.5", "confidence 0.75", "confidence 0.9"],
            figure.WithClass("levels").Select(line => line.Value));
        // 0.75 is reached at a radius of 0.625, five eighths of the first row, which is a quarter of the axis.
        string half = figure.WithClass("levels").ElementAt(3).ValueOf("d");
        string expected = ReportNumber.CoarseCoordinate(bottom - (bottom - top) * 0.625 / 4);
        Assert.Equal([expected, expected, expected, expected],
            half.Split('M', 'L').Skip(1).Select(point => point.Split(' ')[1]));
        double[] places = [.. half.Split('M', 'L').Skip(1).Select(point =>
            double.Parse(point.Split(' ')[0], CultureInfo.InvariantCulture)).Order()];
        double middle = left + (right - left) * 0.2;
        Assert.Equal([left, middle, middle, right], places, (a, b) => Math.Abs(a - b) < 0.06);
    }

    [Fact]
    public void Shades_are_those_of_the_confidence()
    {
        XElement figure = Markup.Of(new SurfaceFigure("c", [Plane with { Values = [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]] }]));
        Assert.Equal(Viridis.At(0.505).Hex,
            Assert.Single(figure.WithClass("contours").Single().Elements("path")).ValueOf("fill"));
        Assert.Equal(9, figure.WithClass("points").Single().Elements().Count());
        Assert.Equal("iteration 0, radius 0: 0.5000", figure.WithClass("points").Single().Elements().First().Value);
        Assert.Equal(["0", "0.5", "1"], figure.WithClass("colourbar").Single().Elements("text").Select(t => t.Value));
    }

    [Fact]
    public void Spheres_without_a_value_are_blank_and_said()
    {
        XElement figure = Markup.Of(new SurfaceFigure("c", [Plane with { Values = [[1, 1, 1], [1, 1, 1], [double.NaN, 1, 1]] }, Plane]));
        Assert.Equal(8, figure.WithClass("points").First().Elements().Count());
        Assert.Contains("p: 1 / 9 (11.1 %) of the spheres", figure.Descendants("figcaption").Single().Value);
        Assert.Equal(2, figure.WithClass("surface").Count());
        Assert.Single(figure.WithClass("colourbar"));
    }

    [Fact]
    public void Refuses_grids_that_do_not_fit()
    {
        Assert.Contains("3 radii at 1 iterations", Message(Plane with { Iterations = [0] }));
        Assert.Contains("iteration 20 after 20", Message(Plane with { Iterations = [0, 20, 20] }));
        Assert.Contains("radius 1 after 2", Message(Plane with { Radii = [0, 2, 1] }));
        Assert.Contains("2 rows of values for 3 radii", Message(Plane with { Values = [[1, 1, 1], [1, 1, 1]] }));
        Assert.Contains("row 1 has 2 values for 3", Message(Plane with { Values = [[1, 1, 1], [1, 1], [1, 1, 1]] }));
    }

    [Fact]
    public void Hostile_names_stay_text_and_the_page_needs_no_style_of_its_own()
    {
        XElement figure = Markup.Of(new SurfaceFigure(SamplePage.Hostile, [Plane with { Title = SamplePage.Hostile }], SamplePage.Hostile));
        Assert.Empty(figure.Descendants("script"));
        Assert.Empty(figure.Descendants().Attributes("style"));
        Assert.Equal(SamplePage.Hostile.Replace('\0', '\uFFFD'), figure.WithClass("panel-title").Single().Value);
    }

    private static string Message(SurfacePanel panel) =>
        Assert.Throws<ArgumentException>(() => Markup.Of(new SurfaceFigure("c", [panel]))).Message;
}
