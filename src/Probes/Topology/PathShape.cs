namespace MiniGrad.Probes.Topology;

/// <summary>How far a path through anchors departs from the straight line between its ends.</summary>
/// <param name="RelativeLength">The length of the path, as a multiple of the distance of its ends; 1 where they are one point.</param>
/// <param name="Deviation">The largest distance of the path to the straight line, as a share of its length.</param>
/// <param name="TurningDegrees">The sum of the angles by which it turns at its anchors.</param>
internal readonly record struct PathShape(double RelativeLength, double Deviation, double TurningDegrees)
{
    /// <summary>The shape of the path through points, ends included.</summary>
    public static PathShape Of(IReadOnlyList<double[]> points)
    {
        double chord = Distance(points[0], points[^1]);
        (double length, double away, double turning) = (0, 0, 0);
        for (int k = 1; k < points.Count; k++) length += Distance(points[k - 1], points[k]);
        for (int k = 1; k + 1 < points.Count; k++)
        {
            // Distance to a segment is convex, so that on each piece of the path the farthest point is an anchor.
            away = Math.Max(away, ToSegment(points[k], points[0], points[^1]));
            turning += Turn(points[k - 1], points[k], points[k + 1]);
        }
        return chord > 0 ? new(length / chord, away / chord, turning) : new(1, 0, 0);
    }

    private static double Distance(double[] a, double[] b)
    {
        double square = 0;
        for (int i = 0; i < a.Length; i++) square += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(square);
    }

    private static double ToSegment(double[] p, double[] a, double[] b)
    {
        (double along, double square, double rest) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            along += (p[i] - a[i]) * (b[i] - a[i]);
            square += (b[i] - a[i]) * (b[i] - a[i]);
        }
        double t = square > 0 ? Math.Clamp(along / square, 0, 1) : 0;
        for (int i = 0; i < a.Length; i++)
        {
            double gap = p[i] - a[i] - t * (b[i] - a[i]);
            rest += gap * gap;
        }
        return Math.Sqrt(rest);
    }

    /// <summary>The angle between the ways before and after a point; none where one of them has no length.</summary>
    private static double Turn(double[] before, double[] at, double[] after)
    {
        (double dot, double first, double second) = (0, 0, 0);
        for (int i = 0; i < at.Length; i++)
        {
            (double u, double v) = (at[i] - before[i], after[i] - at[i]);
            (dot, first, second) = (dot + u * v, first + u * u, second + v * v);
        }
        return first > 0 && second > 0 ? Math.Acos(Math.Clamp(dot / Math.Sqrt(first * second), -1, 1)) * 180 / Math.PI : 0;
    }
}
