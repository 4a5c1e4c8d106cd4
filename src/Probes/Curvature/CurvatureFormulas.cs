namespace MiniGrad.Probes.Curvature;

/// <summary>The averages of curvature as formulas, and how the literature's relate to them.</summary>
internal static class CurvatureFormulas
{
    /// <summary>K1 = (‖g‖² tr H − gᵀHg)/‖g‖³: the sum of the principal curvatures without a matrix.</summary>
    public static double Sum(double gradientNorm, double trace, double gradientQuadratic) =>
        (gradientNorm * gradientNorm * trace - gradientQuadratic) / (gradientNorm * gradientNorm * gradientNorm);

    /// <summary>
    /// The surface form of Goldman (Computer Aided Geometric Design 2005), (gᵀHg − tr H ‖g‖²)/(2‖g‖³): half the sum and of the
    /// opposite sign, the mean curvature of a surface in three dimensions only.
    /// </summary>
    public static double Goldman(double gradientNorm, double trace, double gradientQuadratic) =>
        -Sum(gradientNorm, trace, gradientQuadratic) / 2;

    /// <summary>The variance of the normal curvature κ(v) over uniform unit tangents v: 2(‖S‖² − K1²/m)/(m(m + 2)), m = d − 1.</summary>
    public static double TangentVariance(double frobeniusSquare, double sum, int tangents)
    {
        double m = tangents;
        return 2 * (frobeniusSquare - sum * sum / m) / (m * (m + 2));
    }
}
