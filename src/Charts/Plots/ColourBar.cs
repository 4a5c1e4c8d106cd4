using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>The key of the viridis range [0, 1] with marks at 0, 0.5 and 1.</summary>
internal static class ColourBar
{
    private const int Stops = 32;

    public static void Write(Html html)
    {
        string id = html.NextId("viridis");
        html.Open(
            "svg", ("class", "colourbar"), ("viewBox", "0 0 400 52"), ("role", "img"),
            ("aria-label", "Colour key: confidence from 0 (violet) to 1 (yellow)"));
        html.Open("linearGradient", ("id", id));
        for (int k = 0; k <= Stops; k++)
        {
            double t = (double)k / Stops;
            html.Empty("stop", ("offset", ReportNumber.Fixed(t, 5)), ("stop-color", Viridis.At(t).Hex));
        }
        html.Close();
        html.Empty("rect", ("x", "20"), ("y", "4"), ("width", "360"), ("height", "16"), ("fill", $"url(#{id})"));
        foreach ((string x, string label) in new[] { ("20", "0"), ("200", "0.5"), ("380", "1") })
        {
            html.Empty("path", ("class", "axis"), ("d", $"M{x} 20V26"));
            html.Element("text", label, ("class", "tick middle"), ("x", x), ("y", "45"));
        }
        html.Close();
    }
}
