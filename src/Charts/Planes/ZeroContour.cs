using System.Text;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// The zero level of a function on a grid by marching squares: in each square, crossings on its sides (linear between
/// the corners) are joined by segments. If all four sides cross, the mean of the corners tells which corners belong
/// together. Squares with a corner that is not finite have no contour.
/// </summary>
internal static class ZeroContour
{
    /// <summary>All segments in grid units, x along the columns and y along the rows.</summary>
    public static IEnumerable<(double X1, double Y1, double X2, double Y2)> Segments(double[][] values)
    {
        for (int row = 0; row + 1 < values.Length; row++)
        {
            for (int column = 0; column + 1 < values[row].Length; column++)
            {
                double[] corners = [values[row][column], values[row][column + 1], values[row + 1][column + 1], values[row + 1][column]];
                if (!double.IsFinite(corners.Sum())) continue;
                foreach ((double x1, double y1, double x2, double y2) in InSquare(corners))
                    yield return (column + x1, row + y1, column + x2, row + y2);
            }
        }
    }

    /// <summary>The segments as one SVG path, each point placed by the given scales.</summary>
    internal static string Path(double[][] values, AxisScale x, AxisScale y)
    {
        StringBuilder path = new();
        foreach ((double x1, double y1, double x2, double y2) in Segments(values))
        {
            path.Append('M').Append(Text(x.At(x1))).Append(' ').Append(Text(y.At(y1)));
            path.Append('L').Append(Text(x.At(x2))).Append(' ').Append(Text(y.At(y2)));
        }
        return path.ToString();
    }

    // Corners and sides run round the square: side k joins corner k to corner k + 1.
    private static IEnumerable<(double, double, double, double)> InSquare(double[] corners)
    {
        List<int> crossed = [];
        for (int side = 0; side < 4; side++) if (IsAbove(corners[side]) != IsAbove(corners[(side + 1) % 4])) crossed.Add(side);
        if (crossed.Count == 0) yield break;
        // Four crossings: cut off corners 1 and 3, or corners 0 and 2, whichever differ in sign from the centre.
        bool first = crossed.Count == 2 || IsAbove(corners[0]) == IsAbove(corners.Average());
        for (int k = 0; k < crossed.Count; k += 2)
        {
            (double x1, double y1) = Crossing(corners, crossed[first ? k : (k + 3) % 4]);
            (double x2, double y2) = Crossing(corners, crossed[first ? k + 1 : k]);
            yield return (x1, y1, x2, y2);
        }
    }

    private static (double X, double Y) Crossing(double[] corners, int side)
    {
        (double from, double to) = (corners[side], corners[(side + 1) % 4]);
        double t = from / (from - to);
        return side switch
        {
            0 => (t, 0),
            1 => (1, t),
            2 => (1 - t, 1),
            _ => (0, 1 - t),
        };
    }

    private static bool IsAbove(double value) => value >= 0;

    private static string Text(double value) => ReportNumber.CoarseCoordinate(value);
}
