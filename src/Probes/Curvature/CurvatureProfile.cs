namespace MiniGrad.Probes.Curvature;

/// <summary>What a whole spectrum of principal curvatures looks like.</summary>
/// <param name="Smallest">κ of the direction along which the level set bends away most.</param>
/// <param name="Largest">κ of the direction along which it bends back most.</param>
/// <param name="FrobeniusNorm">√Σκ².</param>
/// <param name="NearZeroShare">The share of |κ| below a hundredth of the largest.</param>
/// <param name="NegativeShare">The share of κ below 0.</param>
/// <param name="Skewness">The third standardised moment.</param>
internal sealed record CurvatureProfile(
    double Smallest, double Largest, double FrobeniusNorm, double NearZeroShare, double NegativeShare, double Skewness)
{
    public static CurvatureProfile Of(double[] curvatures)
    {
        double mean = curvatures.Average();
        double largest = curvatures.Max(Math.Abs);
        double square = curvatures.Sum(k => k * k);
        double second = curvatures.Average(k => (k - mean) * (k - mean));
        double third = curvatures.Average(k => (k - mean) * (k - mean) * (k - mean));
        return new(curvatures.Min(), curvatures.Max(), Math.Sqrt(square),
            (double)curvatures.Count(k => Math.Abs(k) < 0.01 * largest || largest == 0) / curvatures.Length,
            (double)curvatures.Count(k => k < 0) / curvatures.Length,
            second > 0 ? third / Math.Pow(second, 1.5) : 0);
    }
}
