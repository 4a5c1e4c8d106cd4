using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class SectionMapTests
{
    [Fact]
    public void Contour_of_a_circle_is_round_and_closed()
    {
        (double X1, double Y1, double X2, double Y2)[] segments = [.. ZeroContour.Segments(SamplePage.Section("p", 81).Values)];
        // The unit circle has its centre at (40, 40) and radius 20 in grid units; chords lie inside by a²/8r at most.
        Assert.All(segments, s => Assert.Equal(20, double.Hypot(s.X1 - 40, s.Y1 - 40), 0.02));
        Assert.Equal(2 * Math.PI * 20, segments.Sum(s => double.Hypot(s.X2 - s.X1, s.Y2 - s.Y1)), 0.1);
    }

    [Fact]
    public void Crossings_are_linear_between_the_corners() =>
        Assert.Equal((0.25, 0.0, 0.25, 1.0), Sorted(Assert.Single(ZeroContour.Segments([[-1, 3], [-1, 3]]))));

    [Theory]
    [InlineData(3, 1, "0,0.25 0.25,0", "0.75,1 1,0.75")]
    [InlineData(1, 3, "0,0.75 0.25,1", "0.75,0 1,0.25")]
    public void Saddles_follow_the_mean_of_their_corners(double above, double below, string first, string second)
    {
        // Corners 0 and 2 below zero, 1 and 3 above: where the centre is above, the corners below are cut off.
        double[][] values = [[-below, above], [above, -below]];
        string[] found = [.. ZeroContour.Segments(values).Select(Sorted)
            .Select(s => FormattableString.Invariant($"{s.X1},{s.Y1} {s.X2},{s.Y2}")).Order()];
        Assert.Equal([first, second], found);
    }

    [Fact]
    public void Squares_without_a_value_have_no_contour()
    {
        Assert.Empty(ZeroContour.Segments([[-1, double.NaN], [1, 1]]));
        Assert.Empty(ZeroContour.Segments([[-1, double.PositiveInfinity], [1, 1]]));
        Assert.Empty(ZeroContour.Segments([[1, 2], [3, 4]]));
    }

    [Fact]
    public void Axes_have_equal_units()
    {
        SectionPanel panel = SamplePage.Section("p") with { XAxis = new("x", "", 0, 8), YAxis = new("y", "", -1, 1) };
        (double left, double top, double right, double bottom) = Markup.Of(new SectionMap("c", [panel])).Frame();
        Assert.Equal((right - left) / 8, (bottom - top) / 2, 0.011);
    }

    [Fact]
    public void Image_shows_signs_from_the_top_row_down()
    {
        SectionPanel panel = SamplePage.Section("p") with { Values = [[-1, 1], [double.NaN, -1], [1, 1]] };
        XElement map = Markup.Of(new SectionMap("c", [panel]));
        string address = map.Descendants("image").Single().ValueOf("href");
        PixelImage image = Png.Decode(Convert.FromBase64String(address["data:image/png;base64,".Length..]), "signs");
        Assert.Equal((2, 3, 4), (image.Width, image.Height, image.Channels));
        Rgb[] colours = [.. image.Pixels.Chunk(4).Select(p => new Rgb(p[0], p[1], p[2]))];
        Assert.True(colours[0] == colours[1] && colours[4] != colours[5] && colours[5] == colours[0] && colours[3] == colours[4]);
        Assert.Equal([true, true, false, true, true, true], image.Pixels.Chunk(4).Select(p => p[3] > 0));
        Assert.Contains("p: 1 / 6 (16.7 %) of the grid points", map.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Points_and_arrow_lie_at_their_coordinates()
    {
        XElement map = Markup.Of(new SectionMap("c", [SamplePage.Section("p")]));
        (double left, double top, double right, double bottom) = map.Frame();
        XElement dot = map.WithClass("dot").First();
        Assert.Equal(((left + right) / 2, (top + bottom) / 2), (dot.NumberOf("cx"), dot.NumberOf("cy")));
        Assert.Equal("x: 0, 0", dot.Value);
        Assert.Equal(["n", "x", "z"], map.WithClass("name").Select(t => t.Value == "p" ? "n" : t.Value).Distinct().Order());
        string tip = FormattableString.Invariant($"M{left + 3.5 / 4 * (right - left)} {(top + bottom) / 2}L");
        Assert.StartsWith(tip, map.WithClass("head").Single().ValueOf("d"));
    }

    [Fact]
    public void Names_of_close_points_keep_apart_and_inside()
    {
        SectionPoint[] close = [new("x", -2, -2), new("y", -1.98, -2), new("z", -2, -1.98)];
        XElement map = Markup.Of(new SectionMap("c", [SamplePage.Section("p") with { Points = close, Arrow = null }]));
        (double left, double top, double right, double bottom) = map.Frame();
        (double X, double Y)[] places = [.. map.WithClass("name").Select(t => (t.NumberOf("x"), t.NumberOf("y")))];
        Assert.InRange(places[0].X, left, right);
        Assert.InRange(places[0].Y, top, bottom);
        for (int k = 1; k < 3; k++)
        {
            Assert.All(places[..k], p => Assert.True(Math.Abs(p.X - places[k].X) + Math.Abs(p.Y - places[k].Y) > 10));
        }
    }

    [Fact]
    public void Points_and_arrows_that_are_nowhere_are_left_out()
    {
        SectionPanel panel = SamplePage.Section("p") with
        {
            Points = [new("x", double.NaN, 0)],
            Arrow = new("n", 1, 1, 1, 1),
        };
        XElement map = Markup.Of(new SectionMap("c", [panel, panel with { Arrow = null }]));
        Assert.Empty(map.WithClass("dot"));
        Assert.Empty(map.WithClass("head"));
        Assert.Equal(2, map.WithClass("many").Count());
    }

    [Fact]
    public void Refuses_open_axes_and_ragged_or_tiny_grids()
    {
        SectionPanel panel = SamplePage.Section("p");
        Assert.Contains("fixed ends", Message(panel with { XAxis = new("x") }));
        Assert.Contains("fixed ends", Message(panel with { YAxis = new("y", "", 1, 10, true) }));
        Assert.Contains("row 1 has 1 values, the first has 2", Message(panel with { Values = [[1, 2], [1]] }));
        Assert.Contains("at least 2 x 2", Message(panel with { Values = [[1], [1]] }));
    }

    private static string Message(SectionPanel panel) =>
        Assert.Throws<ArgumentException>(() => Markup.Of(new SectionMap("c", [panel]))).Message;

    private static (double X1, double Y1, double X2, double Y2) Sorted((double X1, double Y1, double X2, double Y2) s) =>
        s.X1 < s.X2 || (s.X1 == s.X2 && s.Y1 < s.Y2) ? s : (s.X2, s.Y2, s.X1, s.Y1);
}
