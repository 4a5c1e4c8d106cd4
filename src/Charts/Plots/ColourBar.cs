using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>The key of a viridis range with marks at its ends and its middle.</summary>
internal static class ColourBar
{
    private const int Stops = 32;

    /// <summary>The key of a confidence, whose name stands in the caption.</summary>
    public static void Write(Html html) => Write(html, "confidence", 0, 1, isNamed: false);

    /// <summary>The key of values from one to another, with what they are below.</summary>
    public static void Write(Html html, string what, double low, double high) => Write(html, what, low, high, isNamed: true);

    private static void Write(Html html, string what, double low, double high, bool isNamed)
    {
        string id = html.NextId("viridis");
        // Of any range three digits or so, the same decimals at every mark: what is tiny beside the range is 0.
        string Text(double value) => isNamed && high > low
            ? AxisTicks.Label(value, AxisTicks.Step(low, high, 500)) : ReportNumber.Short(value);
        (string first, string last) = (Text(low), Text(high));
        html.Open(
            "svg", ("class", "colourbar"), ("viewBox", isNamed ? "0 0 400 76" : "0 0 400 52"), ("role", "img"),
            ("aria-label", $"Colour key: {what} from {first} (violet) to {last} (yellow)"));
        html.Open("linearGradient", ("id", id));
        for (int k = 0; k <= Stops; k++)
        {
            double t = (double)k / Stops;
            html.Empty("stop", ("offset", ReportNumber.Fixed(t, 5)), ("stop-color", Viridis.At(t).Hex));
        }
        html.Close();
        html.Empty("rect", ("x", "20"), ("y", "4"), ("width", "360"), ("height", "16"), ("fill", $"url(#{id})"));
        // Longer labels than 0 and 1 stay within the drawing.
        (string atStart, string atEnd) = isNamed ? ("tick", "tick end") : ("tick middle", "tick middle");
        (string, string, string)[] marks = [("20", first, atStart), ("200", Text((low + high) / 2), "tick middle"), ("380", last, atEnd)];
        foreach ((string x, string label, string style) in marks)
        {
            html.Empty("path", ("class", "axis"), ("d", $"M{x} 20V26"));
            html.Element("text", label, ("class", style), ("x", x), ("y", "45"));
        }
        if (isNamed) html.Element("text", what, ("class", "title middle"), ("x", "200"), ("y", "69"));
        html.Close();
    }
}
