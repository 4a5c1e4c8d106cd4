namespace MiniGrad.Charts.Plots;

/// <summary>One entry of a legend: its text and a path of 36 by 12 units in the style of what it names.</summary>
internal sealed record LegendKey(string Text, string StyleClass, string Path)
{
    public const string Line = "M1 6H35";

    public const string Box = "M8 0.5H28V11.5H8Z";

    public static void WriteList(Html html, IEnumerable<LegendKey> keys)
    {
        html.Open("ul", ("class", "legend"), ("aria-label", "Legend"));
        foreach (LegendKey key in keys)
        {
            html.Open("li");
            html.Open("svg", ("viewBox", "0 0 36 12"), ("width", "36"), ("height", "12"), ("aria-hidden", "true"));
            html.Empty("path", ("class", key.StyleClass), ("d", key.Path)).Close().Text(key.Text).Close();
        }
        html.Close().Line();
    }
}
