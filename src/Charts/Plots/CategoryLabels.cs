namespace MiniGrad.Charts.Plots;

/// <summary>
/// Names of categories below a chart, one slot of width 1 each on the axis [0, count]. Names too long for their slots
/// are written aslant, and thinned if there are very many.
/// </summary>
internal sealed class CategoryLabels
{
    // At the larger type of narrow screens a letter takes 13.5 units; slanted names keep a smaller size there.
    private const double Letter = 13.5;
    private const double SlantedLetter = 9.5;
    private const double SlantedHeight = 24;
    private const int LongestName = 16;

    private readonly string[] names;
    private readonly bool isSlanted;
    private readonly double slant;

    public CategoryLabels(IReadOnlyList<string> names, double widthOfAll)
    {
        this.names = [.. names.Select(Shortened)];
        int longest = this.names.Length == 0 ? 0 : this.names.Max(name => name.Length);
        isSlanted = Letter * (longest + 0.5) > widthOfAll / Math.Max(1, names.Count);
        slant = isSlanted ? SlantedLetter * longest * Math.Sqrt(0.5) : 0;
    }

    /// <summary>The axis that holds one slot a name.</summary>
    public ChartAxis Axis(string title) => new(title, Minimum: 0, Maximum: Math.Max(1, names.Length));

    /// <summary>Units that slanted names need below the usual labels, and to the left of the first slot's middle.</summary>
    public double Slant => slant;

    public void Write(Html html, AxisScale x, double bottom)
    {
        double slot = x.At(1) - x.At(0);
        int stride = isSlanted ? (int)Math.Ceiling(SlantedHeight / slot) : 1;
        for (int k = 0; k < names.Length; k += stride)
        {
            double middle = x.At(k + 0.5);
            Svg.Segment(html, "axis", middle, bottom, middle, bottom + 6);
            if (!isSlanted)
            {
                Svg.Label(html, "tick middle", middle, bottom + 10, names[k], "0.8em");
                continue;
            }
            (string cx, string cy) = (Svg.Text(middle + 4), Svg.Text(bottom + 18));
            html.Element(
                "text", names[k], ("class", "tick slanted end"), ("x", cx), ("y", cy),
                ("transform", $"rotate(-45 {cx} {cy})"));
        }
    }

    private static string Shortened(string name) =>
        name.Length > LongestName ? string.Concat(name.AsSpan(0, LongestName - 1), "\u2026") : name;
}
