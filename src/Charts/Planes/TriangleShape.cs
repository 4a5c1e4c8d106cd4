namespace MiniGrad.Charts.Planes;

/// <summary>
/// A triangle of images in its own plane: S = (0, 0), T1 = (1, 0), T2 = (Rho cos Angle, Rho sin Angle), where
/// Rho = |T2 - S| / |T1 - S| and Angle (radians) is the one between T1 - S and T2 - S.
/// </summary>
internal readonly record struct TriangleShape(double Rho, double Angle)
{
    /// <summary>The corner T2 in the plane.</summary>
    public (double X, double Y) Third => (Rho * Math.Cos(Angle), Rho * Math.Sin(Angle));

    /// <summary>True if the triangle has no area worth drawing, or its numbers are not finite.</summary>
    public bool IsDegenerate => !(Rho * Math.Sin(Angle) > 1e-6) || !double.IsFinite(Rho);

    /// <summary>The shape of three vectors of equal length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static TriangleShape Between(
        ReadOnlySpan<float> source, ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (source.Length != first.Length || source.Length != second.Length)
            Throw.Argument($"triangle: lengths {source.Length}, {first.Length}, {second.Length} differ.");
        double aa = 0, bb = 0, ab = 0;
        for (int k = 0; k < source.Length; k++)
        {
            double a = (double)first[k] - source[k];
            double b = (double)second[k] - source[k];
            (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
        }
        double product = Math.Sqrt(aa * bb);
        return new(Math.Sqrt(bb / aa), Math.Acos(Math.Clamp(ab / product, -1, 1)));
    }

    /// <summary>The plane point with weights (1 - first - second, first, second).</summary>
    public (double X, double Y) At(double first, double second) =>
        (first + second * Third.X, second * Third.Y);
}
