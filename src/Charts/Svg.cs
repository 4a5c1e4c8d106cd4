using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts;

/// <summary>The few SVG shapes that charts are made of; coordinates have at most two decimals.</summary>
internal static class Svg
{
    public static string Text(double value) => ReportNumber.Coordinate(value);

    public static void Segment(Html html, string style, double x1, double y1, double x2, double y2) =>
        html.Empty("path", ("class", style), ("d", $"M{Text(x1)} {Text(y1)}L{Text(x2)} {Text(y2)}"));

    /// <summary>A rectangle between two corners in any order, with a hover text or none.</summary>
    public static void Rectangle(Html html, string? style, double x1, double y1, double x2, double y2, string hover = "")
    {
        html.Open(
            "rect", ("class", style), ("x", Text(Math.Min(x1, x2))), ("y", Text(Math.Min(y1, y2))),
            ("width", Text(Math.Abs(x2 - x1))), ("height", Text(Math.Abs(y2 - y1))));
        if (hover.Length > 0) html.Element("title", hover);
        html.Close();
    }

    public static void Dot(Html html, string style, double x, double y, string radius, string hover) =>
        html.Open("circle", ("class", style), ("cx", Text(x)), ("cy", Text(y)), ("r", radius)).Element("title", hover).Close();

    public static void Label(Html html, string style, double x, double y, string text, string? shift = null) =>
        html.Element("text", text, ("class", style), ("x", Text(x)), ("y", Text(y)), ("dy", shift));
}
