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
        (string first, string last) = (ReportNumber.Short(low), ReportNumber.Short(high));
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
        foreach ((string x, string label) in new[] { ("20", first), ("200", ReportNumber.Short((low + high) / 2)), ("380", last) })
        {
            html.Empty("path", ("class", "axis"), ("d", $"M{x} 20V26"));
            html.Element("text", label, ("class", "tick middle"), ("x", x), ("y", "45"));
        }
        if (isNamed) html.Element("text", what, ("class", "title middle"), ("x", "200"), ("y", "69"));
        html.Close();
    }
}
