using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class TriangleHullTests
{
    [Fact]
    public void Shape_of_vectors_keeps_ratio_and_angle()
    {
        TriangleShape shape = TriangleShape.Between([1, 1, 1], [3, 1, 1], [1, 2, 1]);
        Assert.Equal(0.5, shape.Rho, 1e-12);
        Assert.Equal(Math.PI / 2, shape.Angle, 1e-12);
        Assert.Equal(0.5, shape.At(0, 1).Y, 1e-12);
        Assert.Equal((0.25, 0.375), (Math.Round(shape.At(0.25, 0.75).X, 12), Math.Round(shape.At(0.25, 0.75).Y, 12)));
        Assert.False(shape.IsDegenerate);
    }

    [Theory]
    [InlineData(new float[] { 0, 0 }, new float[] { 1, 0 }, new float[] { 2, 0 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 1, 0 }, new float[] { -1, 0 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 0, 0 }, new float[] { 0, 1 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 1, 0 }, new float[] { 0, 0 })]
    public void Triangles_without_area_are_left_out_with_a_note(float[] s, float[] a, float[] b)
    {
        TriangleShape shape = TriangleShape.Between(s, a, b);
        Assert.True(shape.IsDegenerate);
        XElement figure = Markup.Of(new TriangleHullFigure("f", [SamplePage.Panel("flat", shape, 4)]));
        Assert.Empty(figure.WithClass("hull"));
        Assert.Contains("flat is not drawn", figure.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Drawn_outline_has_the_true_proportions()
    {
        TriangleShape shape = new(0.8, 2.0);
        XElement figure = Markup.Of(new TriangleHullFigure("f", [SamplePage.Panel("p", shape, 10)]));
        (double X, double Y)[] p = Points(figure.WithClass("outline").Single().ValueOf("d"));
        double scale = p[1].X - p[0].X;
        Assert.Equal(p[0].Y, p[1].Y);
        Assert.Equal(0.8 * Math.Cos(2), (p[2].X - p[0].X) / scale, 1e-3);
        Assert.Equal(0.8 * Math.Sin(2), (p[0].Y - p[2].Y) / scale, 1e-3);
        Assert.Equal(66, figure.WithClass("points").Single().Elements("circle").Count());
    }

    [Fact]
    public void Contours_tile_the_triangle_once()
    {
        XElement figure = Markup.Of(new TriangleHullFigure("f", [SamplePage.Panel("p", new(1, 1), 10)]));
        double outline = Area(Points(figure.WithClass("outline").Single().ValueOf("d")));
        double filled = figure.WithClass("contours").Single().Elements("path")
            .SelectMany(path => path.ValueOf("d").Split('Z', StringSplitOptions.RemoveEmptyEntries))
            .Sum(piece => Area(Points(piece)));
        Assert.Equal(1, filled / outline, 2e-3);
    }

    [Fact]
    public void Levels_have_their_exact_share_of_a_linear_function()
    {
        // The value falls linearly from S to the far side: above 0.5 lies a quarter of the area.
        HullContours contours = new(2);
        Assert.True(contours.Add(new(0, 0, 1), new(100, 0, 0), new(0, 100, 0)));
        Dictionary<int, string> paths = contours.Paths().ToDictionary(p => p.Level, p => p.Path);
        Assert.Equal(3750, Area(Points(paths[0])), 1e-6);
        Assert.Equal(1250, Area(Points(paths[1])), 1e-6);
    }

    [Fact]
    public void Colours_use_the_fixed_range()
    {
        HullPanel panel = SamplePage.Panel("p", new(1, 1), 1);
        XElement high = Markup.Of(new TriangleHullFigure("f", [panel with { Values = [[1, 1], [1]] }]));
        XElement low = Markup.Of(new TriangleHullFigure("f", [panel with { Values = [[0, 0], [0]] }]));
        Assert.Equal(Viridis.At(0.995).Hex, high.WithClass("contours").Elements("path").Single().ValueOf("fill"));
        Assert.Equal(Viridis.At(0.005).Hex, low.WithClass("contours").Elements("path").Single().ValueOf("fill"));
    }

    [Fact]
    public void Cells_without_value_stay_blank_and_are_counted()
    {
        HullPanel panel = SamplePage.Panel("p", new(1, 1), 2) with { Values = [[1, 1, double.NaN], [1, 1], [1]] };
        XElement figure = Markup.Of(new TriangleHullFigure("f", [panel]));
        Assert.Contains("p: 1 / 4 (25.0 %) of the cells", figure.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Refuses_a_ragged_value_table()
    {
        HullPanel panel = SamplePage.Panel("p", new(1, 1), 2) with { Values = [[1, 1, 1], [1], [1]] };
        TriangleHullFigure figure = new("f", [panel]);
        string message = Assert.Throws<ArgumentException>(() => Markup.Of(figure)).Message;
        Assert.Contains("row 1 has 1 values, not 2", message);
    }

    private static (double X, double Y)[] Points(string path) =>
        [.. Regex.Matches(path, @"(-?[\d.]+) (-?[\d.]+)")
            .Select(m => (Parse(m.Groups[1].Value), Parse(m.Groups[2].Value)))];

    private static double Area((double X, double Y)[] p)
    {
        double sum = 0;
        for (int k = 0; k < p.Length; k++)
        {
            (double X, double Y) next = p[(k + 1) % p.Length];
            sum += p[k].X * next.Y - next.X * p[k].Y;
        }
        return Math.Abs(sum) / 2;
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
