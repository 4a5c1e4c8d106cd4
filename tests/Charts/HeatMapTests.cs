using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class HeatMapTests
{
    private static readonly HeatMapPanel Small = SamplePage.HeatMap("p") with { Values = [[0, 1], [double.NaN, 3], [2, 4]], Paths = [] };

    [Fact]
    public void Image_shows_values_from_the_top_row_down()
    {
        XElement map = Markup.Of(new HeatMapFigure("c", "loss", [Small]));
        PixelImage image = Image(map, 0);
        Assert.Equal((2, 3, 4), (image.Width, image.Height, image.Channels));
        Assert.Equal([Viridis.At(0.5), Viridis.At(1), default, Viridis.At(0.75), Viridis.At(0), Viridis.At(0.25)], Colours(image));
        Assert.Equal([true, true, false, true, true, true], image.Pixels.Chunk(4).Select(p => p[3] > 0));
        Assert.Contains("p: 1 / 6 (16.7 %) of the grid points", map.Descendants("figcaption").Single().Value);
    }

    // Two columns and three rows: a pixel is as wide as the box, and half as high; the first grid point lies at the lower left corner.
    [Fact]
    public void Grid_points_lie_at_the_ends_of_the_axes()
    {
        XElement map = Markup.Of(new HeatMapFigure("c", "loss", [Small]));
        (double left, double top, double right, double bottom) = map.Frame();
        Assert.Equal(right - left, bottom - top, 0.011);
        (double x, double y, double endX, double endY) = map.Descendants("image").Single().Sides();
        (double halfX, double halfY) = ((right - left) / 2, (bottom - top) / 4);
        Assert.Equal([left - halfX, top - halfY, right + halfX, bottom + halfY], [x, y, endX, endY], Near);
    }

    [Fact]
    public void Panels_share_their_colours_or_have_a_key_each()
    {
        HeatMapPanel other = Small with { Values = [[4, 4], [4, 8]] };
        XElement shared = Markup.Of(new HeatMapFigure("c", "loss", [Small, other]));
        Assert.Equal(["0.00", "4.00", "8.00", "loss"], Assert.Single(shared.WithClass("colourbar")).Elements("text").Select(t => t.Value));
        Assert.Equal(Viridis.At(0.5), Colours(Image(shared, 0))[1]);
        Assert.Equal(Viridis.At(0.5), Colours(Image(shared, 1))[0]);
        XElement own = Markup.Of(new HeatMapFigure("c", "loss", [Small, other], SharesColours: false));
        Assert.Equal(["0.00", "2.00", "4.00", "loss", "4.00", "6.00", "8.00", "loss"],
            own.WithClass("colourbar").SelectMany(bar => bar.Elements("text")).Select(t => t.Value));
        Assert.Equal(Viridis.At(1), Colours(Image(own, 0))[1]);
        Assert.Equal(Viridis.At(0), Colours(Image(own, 1))[0]);
    }

    [Fact]
    public void A_constant_has_one_colour()
    {
        XElement map = Markup.Of(new HeatMapFigure("c", "loss", [Small with { Values = [[7, 7], [7, 7]] }]));
        Assert.Equal(Viridis.At(0), Assert.Single(Colours(Image(map, 0)).Distinct()));
        XElement nothing = Markup.Of(new HeatMapFigure("c", "loss", [Small with { Values = [[double.NaN, 1], [double.NaN, 1]] }]));
        Assert.Contains("2 / 4 (50.0 %)", nothing.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Paths_begin_in_a_dot_and_end_in_a_ring()
    {
        XElement map = Markup.Of(SamplePage.HeatMaps("goose"));
        (double left, double top, double right, double bottom) = map.Frame();
        XElement start = map.WithClass("trail-start").Last();
        Assert.Equal([(left + right) / 2, (top + bottom) / 2], [start.NumberOf("cx"), start.NumberOf("cy")], Near);
        XElement end = map.WithClass("trail-end").Last();
        Assert.Equal([right, top], [end.NumberOf("cx"), end.NumberOf("cy")], Near);
        Assert.Equal("goose: end", end.Value);
        Assert.Equal(2, map.WithClass("trail").Last().ValueOf("d").Count(c => c == 'L'));
        Assert.Equal(3, map.WithClass("legend").Single().Elements("li").Count());
        Assert.Empty(Markup.Of(new HeatMapFigure("c", "loss", [Small])).WithClass("legend"));
    }

    [Fact]
    public void Points_that_are_nowhere_are_left_out()
    {
        HeatMapPanel panel = Small with { Paths = [new("a", [(double.NaN, 0)]), new("b", [(0, 0), (double.NaN, 1), (1, 1)])] };
        XElement map = Markup.Of(new HeatMapFigure("c", "loss", [panel]));
        Assert.Equal("b", Assert.Single(map.WithClass("trail"), line => line.Name == "path" && line.Parent!.Name == "g").Value);
    }

    [Fact]
    public void Refuses_open_axes_and_ragged_or_tiny_grids()
    {
        Assert.Contains("fixed ends", Message(Small with { XAxis = new("x") }));
        Assert.Contains("fixed ends", Message(Small with { YAxis = new("y", "", 1, 10, true) }));
        Assert.Contains("row 1 has 1 values, the first has 2", Message(Small with { Values = [[1, 2], [1]] }));
        Assert.Contains("at least 2 x 2", Message(Small with { Values = [[1], [1]] }));
    }

    [Fact]
    public void Hostile_names_stay_text_and_the_page_needs_no_style_of_its_own()
    {
        XElement map = Markup.Of(new HeatMapFigure(SamplePage.Hostile, SamplePage.Hostile, [
            SamplePage.HeatMap(SamplePage.Hostile), SamplePage.HeatMap("b")], SharesColours: false));
        Assert.Empty(map.Descendants("script"));
        Assert.Empty(map.Descendants().Attributes("style"));
        string[] ids = [.. map.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal([SamplePage.Hostile.Replace('\0', '\uFFFD'), "b"], map.WithClass("panel-title").Select(title => title.Value));
    }

    // Coordinates are written with two decimals.
    private static bool Near(double a, double b) => Math.Abs(a - b) < 0.021;

    private static PixelImage Image(XElement map, int number) => Png.Decode(Convert.FromBase64String(
        map.Descendants("image").ElementAt(number).ValueOf("href")["data:image/png;base64,".Length..]), "map");

    private static Rgb[] Colours(PixelImage image) => [.. image.Pixels.Chunk(4).Select(p => new Rgb(p[0], p[1], p[2]))];

    private static string Message(HeatMapPanel panel) =>
        Assert.Throws<ArgumentException>(() => Markup.Of(new HeatMapFigure("c", "loss", [panel]))).Message;
}
