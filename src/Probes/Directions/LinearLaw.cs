namespace MiniGrad.Probes.Directions;

/// <summary>
/// What random directions and subspaces measure where the boundary is a hyperplane in d dimensions: the yardstick beside what a
/// network shows. Along a unit vector v the distance is Δ / |cos(v, w)|, within a subspace Δ / ‖P ŵ‖.
/// </summary>
public static class LinearLaw
{
    /// <summary>The upper quartile of the normal distribution: half of all |N| lie below it.</summary>
    private const double NormalMedian = 0.674489750196082;

    /// <summary>A quarter of all |N| lie below it.</summary>
    private const double NormalLower = 0.318639363964375;

    /// <summary>Three quarters of all |N| lie below it.</summary>
    private const double NormalUpper = 1.15034938037601;

    /// <summary>
    /// Quartiles of the distance along random lines over the distance of the boundary, √d / |N| for large d. The mean is infinite.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">d is below 1.</exception>
    public static (double Lower, double Median, double Upper) Lines(int d)
    {
        if (d < 1) Throw.Range($"linear law: {d} dimensions; at least 1 is needed.");
        double root = Math.Sqrt(d);
        return (root / NormalUpper, root / NormalMedian, root / NormalLower);
    }

    /// <summary>
    /// The median of the L∞ size of sign noise that crosses, over that of the best signs (FGSM): ‖w‖₁ / (0.6745 ‖w‖₂); 1.18 √d for a
    /// Gaussian normal w.
    /// </summary>
    /// <exception cref="ArgumentException">The normal is zero.</exception>
    public static double Signs(ReadOnlySpan<double> normal)
    {
        (double one, double square) = (0, 0);
        foreach (double w in normal) (one, square) = (one + Math.Abs(w), square + w * w);
        if (square == 0) Throw.Argument("linear law: the normal is zero and says of no boundary where it lies.");
        return one / (NormalMedian * Math.Sqrt(square));
    }

    /// <summary>
    /// Mean and deviation of β = √(m/d) · Δ_S/Δ over random subspaces of dimension m: ‖P ŵ‖² is Beta(m/2, (d − m)/2) distributed, so
    /// E[Δ_S/Δ] = Γ((m−1)/2) Γ(d/2) / (Γ(m/2) Γ((d−1)/2)) and E[(Δ_S/Δ)²] = (d − 2)/(m − 2). For m = 1 the mean is infinite, for
    /// m = 2 the deviation.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">m is outside 1 to d.</exception>
    public static (double Mean, double Deviation) Beta(int d, int m)
    {
        Subspace.Check(d, m);
        if (m == d) return (1, 0);
        if (m == 1) return (double.PositiveInfinity, double.PositiveInfinity);
        double scale = Math.Sqrt((double)m / d);
        double mean = scale * GammaRatio(m) / GammaRatio(d);
        if (m == 2) return (mean, double.PositiveInfinity);
        return (mean, Math.Sqrt(Math.Max(0, (double)m / d * (d - 2) / (m - 2) - mean * mean)));
    }

    /// <summary>Γ((n − 1)/2) / Γ(n/2), from √π at n = 2 on: two neighbours multiply to 2/(n − 1).</summary>
    private static double GammaRatio(int n)
    {
        double ratio = Math.Sqrt(Math.PI);
        for (int k = 2; k < n; k++) ratio = 2 / ((k - 1) * ratio);
        return ratio;
    }
}
