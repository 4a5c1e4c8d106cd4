using System.Xml.Linq;
using MiniGrad.Charts.Images;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class ReportPartTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Slider_has_one_position_a_frame(int frames)
    {
        XElement figure = Markup.Of(SamplePage.Path("goose", frames));
        Assert.Equal(frames, figure.WithClass("strip").Single().Elements("li").Count());
        Assert.Equal($"{frames - 1}", figure.Descendants("input").Single().ValueOf("max"));
        XElement last = figure.WithClass("strip").Single().Elements("li").Last();
        Assert.Equal($"{10 * (frames - 1)}", last.ValueOf("data-iteration"));
        Assert.Equal(frames == 1 ? "1.0000" : "0.9400", last.ValueOf("data-confidence"));
    }

    [Fact]
    public void Path_without_frames_is_refused() =>
        Assert.Throws<ArgumentException>(() => Markup.Of(SamplePage.Path("goose", 0)));

    [Fact]
    public void Grid_marks_diagonal_and_first_column_and_shows_four_decimals()
    {
        XElement figure = Markup.Of(SamplePage.Grid("goose"));
        XElement[] cells = [.. figure.Descendants("tbody").Single().Descendants("td")];
        Assert.Equal(["first original", "", "first", "original"], cells.Select(c => c.ValueOf("class")));
        Assert.Equal(["0.9999", "\u2014", "0.5000", "0.2500"], cells.Select(c => c.Value));
        IEnumerable<XElement> titles = figure.Descendants("th").Where(h => h.ValueOf("scope") == "col");
        Assert.Equal(["goose", "b"], titles.Select(h => h.Value));
        Assert.Equal("From goose towards b; confidence of goose: 0.5000", cells[2].Element("img")!.ValueOf("alt"));
        Assert.Contains("pixels", cells[0].Element("img")!.ValueOf("class"));
    }

    [Fact]
    public void Grid_of_the_wrong_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => Markup.Of(new ImageGridFigure("c", ["a", "b"], [[null, null]])));

    [Fact]
    public void Table_aligns_numbers_and_gives_denominators()
    {
        XElement table = Markup.Of(SamplePage.Table("goose"));
        XElement[] cells = [.. table.Descendants("tbody").Single().Element("tr")!.Elements()];
        Assert.Equal("row", cells[0].ValueOf("scope"));
        Assert.Equal("number", cells[1].ValueOf("class"));
        Assert.Equal("37 / 40 (92.5 %)", cells[1].Value);
        Assert.Equal("badge good", cells[2].Element("span")!.ValueOf("class"));
        Assert.Equal("\u2713 goose", cells[2].Value);
        SummaryTable ragged = new("c", [new("a"), new("b")], [[TableCell.Words("x")]]);
        Assert.Contains("row 0 has 1 cells", Assert.Throws<ArgumentException>(() => Markup.Of(ragged)).Message);
    }

    [Fact]
    public void Two_layer_figure_states_confidences_and_ranges()
    {
        XElement figure = Markup.Of(SamplePage.TwoLayer("8"));
        Assert.Equal(5, figure.Descendants("img").Count());
        Assert.Contains("values \u22120.50 to 1.50", figure.Value);
        Assert.Contains("blue \u22120.5, white 0, red +0.5", figure.Value);
        Assert.Equal(["12", "22", "0.7500"], figure.WithClass("facts").Single().Descendants("dd").Select(d => d.Value));
    }

    [Fact]
    public void Planes_become_interleaved_pixels()
    {
        PixelImage image = PlanarImage.Clamped([0, 1, 0.5f, 2, -1, 0.2f], 2, 1, 3);
        Assert.Equal([0, 128, 0, 255, 255, 51], image.Pixels);
        Assert.Equal([0, 255], PlanarImage.Scaled([-0.5f, 1.5f], 2, 1, 1, -0.5f, 1.5f).Pixels);
        Assert.Equal([255, 255, 255], PlanarImage.Signed([float.NaN], 1, 1, 1, 1).Pixels);
        Assert.Equal(0.5, PlanarImage.LargestMagnitude([-1, 0, 0, 0.25f], 2));
        Assert.Throws<ArgumentException>(() => PlanarImage.Clamped([0, 1], 2, 1, 2));
        Assert.Throws<ArgumentException>(() => PlanarImage.Clamped([0, 1, 2], 2, 1, 1));
    }

    [Fact]
    public void Reproduce_block_cannot_be_broken_by_line_feeds()
    {
        string block = SamplePage.Reproduce("CPU\nrm -r x").Block();
        string[] lines = block.Split('\n');
        Assert.Equal("minigrad report --seed 3", lines[0]);
        Assert.All(lines[2..], line => Assert.StartsWith("# ", line));
        Assert.Contains("# seed         3", lines);
    }

    [Theory]
    [InlineData(-0.00001, 4, "0.0000")]
    [InlineData(-1.5, 1, "\u22121.5")]
    [InlineData(double.NaN, 4, "\u2014")]
    [InlineData(double.NegativeInfinity, 2, "\u2212\u221E")]
    [InlineData(0.96114, 4, "0.9611")]
    public void Numbers_are_fixed_and_never_negative_zero(double value, int decimals, string expected) =>
        Assert.Equal(expected, ReportNumber.Fixed(value, decimals));

    [Fact]
    public void Share_of_nothing_has_no_percentage() => Assert.Equal("0 / 0", ReportNumber.Share(0, 0));
}
