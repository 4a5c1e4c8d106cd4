namespace MiniGrad.Charts.Plots;

/// <summary>The marks of a scatter chart: a shape for each series, so that colour is not all that tells them apart.</summary>
internal static class Marker
{
    private const double R = 4;

    /// <summary>Offsets of each polygon's corners; none stands for a circle.</summary>
    private static readonly (double X, double Y)[][] Shapes =
    [
        [],
        [(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)],
        [(0, -5), (4.6, 3.2), (-4.6, 3.2)],
        [(0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)],
        [(0, 5), (4.6, -3.2), (-4.6, -3.2)],
    ];

    /// <summary>A closed path round the point.</summary>
    public static string Path(int series, double x, double y)
    {
        (double X, double Y)[] corners = Shapes[series % Shapes.Length];
        if (corners.Length == 0)
            return $"M{Svg.Text(x - R)} {Svg.Text(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z";
        return "M" + string.Join("L", corners.Select(c => $"{Svg.Text(x + c.X)} {Svg.Text(y + c.Y)}")) + "Z";
    }
}
