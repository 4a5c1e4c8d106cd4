using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MiniGrad.Charts;
using MiniGrad.Charts.Planes;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class ReportPageTests
{
    [Fact]
    public void Equal_input_gives_equal_bytes_in_any_culture()
    {
        string first = SamplePage.Create().ToHtml();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            comma.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(first, SamplePage.Create().ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Hostile_names_stay_text()
    {
        string page = SamplePage.Create().ToHtml();
        Assert.DoesNotContain("<script>alert", page);
        XDocument document = Markup.Of(SamplePage.Create());
        Assert.Single(document.Descendants("script"));
        Assert.Equal(SamplePage.Hostile.Replace('\0', '\uFFFD'), document.Descendants("h1").Single().Value);
    }

    [Fact]
    public void Refers_to_nothing_outside_itself()
    {
        string page = SamplePage.Create("goose").ToHtml();
        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page);
        foreach (XAttribute link in Markup.Of(SamplePage.Create("goose")).Descendants().Attributes())
        {
            if (link.Name.LocalName is "src") Assert.StartsWith("data:image/png;base64,", link.Value);
            if (link.Name.LocalName is "href") Assert.Matches("^(#|data:image/png;base64,)", link.Value);
        }
        Assert.All(Regex.Matches(page, @"url\(([^)]*)\)"), m => Assert.StartsWith("#", m.Groups[1].Value));
    }

    [Fact]
    public void Policy_names_the_hashes_of_style_and_script()
    {
        XDocument document = Markup.Of(SamplePage.Create());
        string policy = document.Descendants("meta").Single(m => m.ValueOf("http-equiv") != "").ValueOf("content");
        Assert.StartsWith("default-src 'none'; img-src data:;", policy);
        foreach (string tag in new[] { "style", "script" })
        {
            string text = document.Descendants(tag).Single().Value;
            string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            Assert.Contains($"{tag}-src 'sha256-{hash}'", policy);
        }
        Assert.Empty(document.Descendants().Attributes("style"));
    }

    [Fact]
    public void Ids_are_unique_and_every_reference_has_its_target()
    {
        XDocument document = Markup.Of(SamplePage.Create());
        List<string> ids = [.. document.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids.Count, ids.Distinct().Count());
        foreach (string name in new[] { "aria-labelledby", "for" })
            Assert.All(document.Descendants().Attributes(name), a => Assert.Contains(a.Value, ids));
        Assert.All(
            document.Descendants().Attributes().Where(a => a.Value.StartsWith("url(#", StringComparison.Ordinal)),
            a => Assert.Contains(a.Value[5..^1], ids));
    }

    [Fact]
    public void Every_image_and_drawing_is_described()
    {
        XDocument document = Markup.Of(SamplePage.Create("goose"));
        Assert.NotEmpty(document.Descendants("img"));
        Assert.All(document.Descendants("img"), image => Assert.NotEqual("", image.ValueOf("alt")));
        Assert.All(
            document.Descendants("svg"),
            svg => Assert.True(svg.ValueOf("aria-hidden") == "true" || svg.ValueOf("aria-label") != ""));
        Assert.All(document.Descendants("figure"), figure => Assert.Single(figure.Elements("figcaption")));
    }

    [Fact]
    public void Numbers_figures_and_tables_in_order()
    {
        XDocument document = Markup.Of(SamplePage.Create("goose"));
        IEnumerable<string> numbers = document.Descendants("figcaption").Select(c => c.Element("b")!.Value);
        Assert.Equal(Enumerable.Range(1, 9).Select(k => $"Figure {k}."), numbers);
        Assert.Equal("Table 1.", document.Root!.WithClass("caption").Single().Element("b")!.Value);
    }

    [Fact]
    public void Size_is_bounded_by_its_images_and_points()
    {
        Assert.InRange(SamplePage.Create("goose").ToHtml().Length, 10_000, 120_000);
        IEnumerable<HullPanel> six = Enumerable.Repeat(SamplePage.Panel("p", new(1, 1), 10), 6);
        ReportSection hulls = new("hulls", "", [new TriangleHullFigure("six", [.. six])]);
        Assert.InRange(new ReportPage("t", "", [hulls]).ToHtml().Length, 10_000, 400_000);
    }
}
