using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// Draws one <see cref="StarPanel"/>. Up to <see cref="Few"/> names stand above or below their images; more are turned outward, so
/// that they cannot meet.
/// </summary>
internal sealed class StarDrawing(StarPanel panel)
{
    private const double Size = 600;
    private const double Centre = Size / 2;
    private const double SourceThumb = 96;
    private const double LargestThumb = 76;
    private const double Gap = 6;
    private const double LineHeight = 20;
    private const double HalfLetter = 5.2;
    private const int Few = 10;
    private const int LongestName = 12;

    private bool IsFew => panel.Limbs.Count <= Few;

    /// <summary>How far from the centre the middles of the images lie.</summary>
    private double Radius => IsFew ? 222 : 182;

    /// <summary>Squares whose middles are a chord apart do not meet even diagonally.</summary>
    private double Thumb => Math.Min(LargestThumb, 0.68 * 2 * Radius * Math.Sin(Math.PI / Math.Max(3, panel.Limbs.Count)));

    private double Thickness => Math.Clamp(0.16 * Thumb, 5, 10);

    public void Write(Html html, bool isOneOfMany)
    {
        string style = $"star{(IsFew ? "" : " turned")}{(isOneOfMany ? " many" : "")}";
        html.Open(
            "svg", ("class", style), ("viewBox", $"0 0 {Text(Size)} {Text(Size)}"), ("role", "img"),
            ("aria-label", $"{panel.Title}: confidence of {panel.SourceName} on straight lines to {panel.Limbs.Count} images"));
        html.Line();
        for (int k = 0; k < panel.Limbs.Count; k++) WriteLine(html, panel.Limbs[k], Angle(k));
        WriteImage(html, panel.Source, Centre, Centre, SourceThumb, panel.SourceName);
        for (int k = 0; k < panel.Limbs.Count; k++) WriteTip(html, panel.Limbs[k], Angle(k));
        html.Close();
    }

    /// <summary>Clockwise from the top.</summary>
    private double Angle(int limb) => 2 * Math.PI * limb / panel.Limbs.Count;

    private void WriteLine(Html html, StarFigureLimb limb, double angle)
    {
        double start = Edge(SourceThumb, angle) + Gap;
        double end = Math.Max(start + Gap, Radius - Edge(Thumb, angle) - Gap);
        (double X, double Y) At(double share) => Point(start + share * (end - start), angle);
        ((double x1, double y1), (double x2, double y2)) = (At(0), At(1));
        string id = html.NextId("limb");
        // In the units of the drawing, since a line that is level or upright has no box for shares to refer to.
        html.Open("linearGradient", ("id", id), ("gradientUnits", "userSpaceOnUse"),
            ("x1", Text(x1)), ("y1", Text(y1)), ("x2", Text(x2)), ("y2", Text(y2)));
        string[] colours = [.. limb.Confidence.Select(p => double.IsFinite(p) ? Viridis.At(p).Hex : "#888888")];
        for (int k = 0; k < colours.Length; k++)
        {
            // Inside a stretch of one colour stops add nothing.
            if (k > 0 && k + 1 < colours.Length && colours[k - 1] == colours[k] && colours[k] == colours[k + 1]) continue;
            html.Empty("stop", ("offset", ReportNumber.Fixed((double)k / (colours.Length - 1), 4)), ("stop-color", colours[k]));
        }
        html.Close();
        string d = $"M{Text(x1)} {Text(y1)}L{Text(x2)} {Text(y2)}";
        html.Empty("path", ("class", "limb-edge"), ("d", d), ("stroke-width", Text(Thickness + 2.5)));
        html.Open("path", ("class", "limb"), ("d", d), ("stroke", $"url(#{id})"), ("stroke-width", Text(Thickness)));
        html.Element("title", $"{limb.Name}: {Fixed(limb.Confidence[0])} at the source, {Fixed(limb.Confidence[^1])} at the end, "
            + $"lowest {Fixed(limb.Confidence.Min())}").Close();
        if (panel.Lowest is { } lowest && FirstNotAbove(limb.Confidence, lowest) is var first and >= 0)
        {
            double share = (double)first / (limb.Confidence.Count - 1);
            (double x, double y) = At(share);
            Svg.Dot(html, "exit", x, y, Text(Thickness / 2 + 1.5),
                $"{limb.Name}: {Fixed(limb.Confidence[first])} at {ReportNumber.Fixed(share, 2)} of the way");
        }
        html.Line();
    }

    private void WriteTip(Html html, StarFigureLimb limb, double angle)
    {
        (double x, double y) = Point(Radius, angle);
        WriteImage(html, limb.Image, x, y, Thumb, limb.Name);
        string name = Shorten(limb.Name);
        if (IsFew)
        {
            bool isAbove = Math.Cos(angle) > 0.3;
            double half = Math.Min(Centre, HalfLetter * name.Length);
            Svg.Label(html, "tick middle", Math.Clamp(x, half, Size - half),
                isAbove ? y - Thumb / 2 - 8 : y + Thumb / 2 + LineHeight - 2, name);
            return;
        }
        // On the left half the text ends at its image, so that no name stands on its head.
        bool isLeft = Math.Sin(angle) < -1e-9;
        (double textX, double textY) = Point(Radius + Edge(Thumb, angle) + Gap, angle);
        double degrees = angle * 180 / Math.PI - 90 + (isLeft ? 180 : 0);
        html.Element("text", name, ("class", isLeft ? "tick end" : "tick"), ("x", Text(textX)), ("y", Text(textY)), ("dy", "0.35em"),
            ("transform", $"rotate({Text(degrees)} {Text(textX)} {Text(textY)})"));
    }

    private static void WriteImage(Html html, PixelImage image, double x, double y, double size, string name)
    {
        (double left, double top) = (x - size / 2, y - size / 2);
        html.Open(
            "image", ("class", EmbeddedImage.StyleClass(image, "")), ("x", Text(left)), ("y", Text(top)),
            ("width", Text(size)), ("height", Text(size)), ("href", EmbeddedImage.Address(image))).Element("title", name).Close();
        html.Empty(
            "rect", ("class", "thumb"), ("x", Text(left)), ("y", Text(top)), ("width", Text(size)), ("height", Text(size))).Line();
    }

    /// <summary>From the middle of a square to its edge in a direction.</summary>
    private static double Edge(double size, double angle) =>
        size / 2 / Math.Max(Math.Abs(Math.Sin(angle)), Math.Abs(Math.Cos(angle)));

    private static (double X, double Y) Point(double radius, double angle) =>
        (Centre + radius * Math.Sin(angle), Centre - radius * Math.Cos(angle));

    private static int FirstNotAbove(IReadOnlyList<double> confidence, double lowest)
    {
        for (int k = 0; k < confidence.Count; k++) if (!(confidence[k] > lowest)) return k;
        return -1;
    }

    private static string Shorten(string name) =>
        name.Length > LongestName ? string.Concat(name.AsSpan(0, LongestName - 1), "\u2026") : name;

    private static string Fixed(double p) => ReportNumber.Fixed(p, 4);

    private static string Text(double value) => Svg.Text(value);
}
