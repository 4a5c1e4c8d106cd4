using System.Globalization;
using System.Xml.Linq;
using MiniGrad.Charts;

namespace MiniGrad.Tests.Charts;

/// <summary>Parses what report parts write.</summary>
internal static class Markup
{
    public static XElement Of(IReportPart part)
    {
        Html html = new();
        html.Open("root");
        part.Write(html);
        html.Close();
        return XDocument.Parse(html.ToString()).Root!;
    }

    public static XDocument Of(ReportPage page) =>
        XDocument.Parse(page.ToHtml().Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));

    public static string ValueOf(this XElement element, string name) => element.Attribute(name)?.Value ?? "";

    public static IEnumerable<XElement> WithClass(this XElement root, string style) =>
        root.Descendants().Where(e => e.ValueOf("class").Split(' ').Contains(style));

    public static double NumberOf(this XElement element, string name) =>
        double.Parse(element.ValueOf(name), CultureInfo.InvariantCulture);

    /// <summary>The sides of a rectangle.</summary>
    public static (double Left, double Top, double Right, double Bottom) Sides(this XElement rectangle)
    {
        (double x, double y) = (rectangle.NumberOf("x"), rectangle.NumberOf("y"));
        return (x, y, x + rectangle.NumberOf("width"), y + rectangle.NumberOf("height"));
    }

    /// <summary>The sides of the box that a chart's data lie in.</summary>
    public static (double Left, double Top, double Right, double Bottom) Frame(this XElement chart) =>
        chart.WithClass("frame").Single().Sides();
}
