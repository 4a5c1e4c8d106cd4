using MiniGrad.Probes;

namespace MiniGrad.Tests.Probes.Topology;

/// <summary>Classifiers of the plane whose class 0 is a region of known shape; images are pairs of numbers.</summary>
internal static class Regions
{
    public static readonly Shape Shape = [1, 1, 2];

    /// <summary>
    /// Class 0 where a point is nearer to a set than a bound: f = (steepness · (bound − distance), 0). The nearest point of the set
    /// may be taken as fixed, since the gradient of a distance is the same with it.
    /// </summary>
    public static Classifier Near(Func<double, double, (double X, double Y)> nearest, double bound, double steepness) => new(
        x =>
        {
            double[] values = ClosedForm.Doubles(x);
            double[] feet = new double[values.Length];
            for (int i = 0; i < feet.Length; i += 2) (feet[i], feet[i + 1]) = nearest(values[i], values[i + 1]);
            Tensor away = (x.Flatten() - ClosedForm.Constant(feet, [feet.Length / 2, 2], x.Type)).Square().Sum(1, keepDims: true).Sqrt();
            return Ops.Concat([(bound - away) * steepness, away * 0], 1);
        }, Shape, 2, -3, 3);

    /// <summary>The band of half-width 0.25 around the arc of radius 1 from angle 0 to one of that size.</summary>
    public static Classifier Arc(double radians, double steepness = 100) => Near((x, y) =>
    {
        double angle = Math.Atan2(y, x);
        if (angle < 0) angle += 2 * Math.PI;
        if (angle <= radians) return (Math.Cos(angle), Math.Sin(angle));
        (double ex, double ey) = (Math.Cos(radians), Math.Sin(radians));
        return Math.Pow(x - 1, 2) + y * y <= Math.Pow(x - ex, 2) + Math.Pow(y - ey, 2) ? (1, 0) : (ex, ey);
    }, 0.25, steepness);

    /// <summary>Two discs of radius 0.5 around (−1, 0) and (1, 0).</summary>
    public static Classifier Islands() => Near((x, _) => (x < 0 ? -1 : 1, 0), 0.5, 1);

    /// <summary>
    /// The plane without a slit around x = ½ that reaches below a height. Where it leads up, the gradient in the slit does; else it
    /// leads across.
    /// </summary>
    public static Classifier Slit(double halfWidth, bool leadsUp) => new(
        x =>
        {
            Tensor flat = x.Flatten();
            double[] values = ClosedForm.Doubles(x);
            bool[] inside = [.. values.Chunk(2).Select(p => Math.Abs(p[0] - 0.5) < halfWidth && p[1] < 0.05)];
            Tensor slit = Tensor.From(inside, [inside.Length, 1]);
            Tensor column = leadsUp
                ? flat.Take(1, new AxisRange(1, 1)) - 0.05
                : flat.Take(1, new AxisRange(0, 1)) - 0.5 - halfWidth;
            return Ops.Concat([Ops.Where(slit, column, column * 0 + 0.1), column * 0], 1);
        }, Shape, 2, -3, 3);

    public static Tensor Points(params double[] coordinates) => Tensor.From(coordinates, [coordinates.Length / 2, 1, 1, 2]);
}
