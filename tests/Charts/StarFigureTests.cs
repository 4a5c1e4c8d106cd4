using System.Globalization;
using System.Xml.Linq;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class StarFigureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(30)]
    public void Limbs_lie_at_equal_angles_between_images_that_do_not_meet(int limbs)
    {
        XElement star = Markup.Of(SamplePage.Star("goose", limbs));
        XElement[] lines = [.. star.WithClass("limb")];
        Assert.Equal(limbs, lines.Length);
        (double X, double Y)[] ends = [.. lines.Select(line => End(line.ValueOf("d")))];
        for (int k = 0; k < limbs; k++)
        {
            double angle = 2 * Math.PI * k / limbs;
            (double x, double y) = (ends[k].X - 300, 300 - ends[k].Y);
            Assert.Equal((Math.Sin(angle), Math.Cos(angle)), (x / Math.Sqrt(x * x + y * y), y / Math.Sqrt(x * x + y * y)), Near);
        }
        // The source first, then the tips; all inside the drawing, none over another.
        (double Left, double Top, double Right, double Bottom)[] images = [.. star.Descendants("image").Select(image => image.Sides())];
        Assert.Equal(limbs + 1, images.Length);
        Assert.All(images, image => Assert.True(image.Left >= 0 && image.Top >= 0 && image.Right <= 600 && image.Bottom <= 600));
        for (int a = 0; a < images.Length; a++)
        {
            for (int b = 0; b < a; b++) Assert.False(Meet(images[a], images[b]), $"images {a} and {b} of {limbs} limbs");
        }
        Assert.Equal(limbs, star.Descendants("text").Count(text => text.Value == "goose"));
    }

    [Fact]
    public void Colours_are_those_of_the_confidence()
    {
        XElement star = Markup.Of(Of([1, 0.5, 0]));
        XElement gradient = star.Descendants("linearGradient").First();
        Assert.Equal([Viridis.At(1).Hex, Viridis.At(0.5).Hex, Viridis.At(0).Hex],
            gradient.Elements("stop").Select(stop => stop.ValueOf("stop-color")));
        Assert.Equal(["0.0000", "0.5000", "1.0000"], gradient.Elements("stop").Select(stop => stop.ValueOf("offset")));
        Assert.Equal($"url(#{gradient.ValueOf("id")})", star.WithClass("limb").Single().ValueOf("stroke"));
        Assert.Equal("b: 1.0000 at the source, 0.0000 at the end, lowest 0.0000", star.WithClass("limb").Single().Value);
        Assert.Equal(["0", "0.5", "1"], star.WithClass("colourbar").Single().Elements("text").Select(t => t.Value));
    }

    [Fact]
    public void Stretches_of_one_colour_have_two_stops()
    {
        XElement star = Markup.Of(Of([.. Enumerable.Repeat(0.9, 51)]));
        Assert.Equal(2, star.Descendants("linearGradient").First().Elements("stop").Count());
    }

    [Fact]
    public void The_first_point_that_is_not_above_is_ringed()
    {
        XElement ring = Assert.Single(Markup.Of(Of([1, 0.9, 0.7, 0.9, 0.6], 0.8)).WithClass("exit"));
        Assert.Equal("b: 0.7000 at 0.50 of the way", ring.Value);
        Assert.Single(Markup.Of(Of([1, 0.8], 0.8)).WithClass("exit"));
        Assert.Empty(Markup.Of(Of([1, 0.81], 0.8)).WithClass("exit"));
        Assert.Empty(Markup.Of(Of([1, 0])).WithClass("exit"));
    }

    [Fact]
    public void What_has_no_value_is_grey_and_said()
    {
        XElement star = Markup.Of(Of([1, double.NaN, 1, 1]));
        Assert.Contains("#888888", star.Descendants("stop").Select(stop => stop.ValueOf("stop-color")));
        Assert.Contains("p: 1 / 4 (25.0 %) of the points have no value", star.Descendants("figcaption").Single().Value);
    }

    [Fact]
    public void Refuses_stars_without_lines_and_lines_without_points()
    {
        Assert.Contains("0 lines", Assert.Throws<ArgumentException>(() => Markup.Of(SamplePage.Star("a", 0))).Message);
        Assert.Contains("61 lines", Assert.Throws<ArgumentException>(() => Markup.Of(SamplePage.Star("a", 61))).Message);
        Assert.Contains("the line to b has 1 points", Assert.Throws<ArgumentException>(() => Markup.Of(Of([1]))).Message);
    }

    [Fact]
    public void Hostile_names_stay_text_and_the_page_needs_no_style_of_its_own()
    {
        XElement star = Markup.Of(SamplePage.Star(SamplePage.Hostile, 12));
        Assert.Empty(star.Descendants("script"));
        Assert.Empty(star.Descendants().Attributes("style"));
        string[] ids = [.. star.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private static StarFigure Of(double[] confidence, double? lowest = null) =>
        new("c", [new("p", "a", SamplePage.Image(1), [new("b", SamplePage.Image(2), confidence)], lowest)]);

    private static (double X, double Y) End(string path)
    {
        string[] end = path[(path.IndexOf('L', StringComparison.Ordinal) + 1)..].Split(' ');
        return (double.Parse(end[0], CultureInfo.InvariantCulture),
            double.Parse(end[1], CultureInfo.InvariantCulture));
    }

    private static bool Meet(
        (double Left, double Top, double Right, double Bottom) a, (double Left, double Top, double Right, double Bottom) b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private static bool Near((double, double) a, (double, double) b) =>
        Math.Abs(a.Item1 - b.Item1) < 0.001 && Math.Abs(a.Item2 - b.Item2) < 0.001;
}
