namespace MiniGrad.Tests.Autograd;

/// <summary>Functions that <see cref="Math"/> lacks, to nearly full precision, by other formulas than the kernels use.</summary>
internal static class ExactFunctions
{
    /// <summary>erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): every term has the sign of x, so nothing cancels.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>Φ(x), the normal distribution.</summary>
    public static double Below(double x) => (1 + Erf(x / Math.Sqrt(2))) / 2;

    /// <summary>eˣ − 1 = 2 e^(x/2) sinh(x/2).</summary>
    public static double Expm1(double x) => 2 * Math.Exp(x / 2) * Math.Sinh(x / 2);

    /// <summary>log(1 + x) = 2 artanh(x/(2 + x)).</summary>
    public static double Log1p(double x) => 2 * Math.Atanh(x / (2 + x));

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>How far x lies from the nearest of some points.</summary>
    public static Func<double, double> From(params double[] points) => x => points.Min(point => Math.Abs(x - point));

    /// <summary>How far x lies from the nearest whole number plus a shift.</summary>
    public static Func<double, double> FromWhole(double shift = 0) => x => Math.Abs(x - shift - Math.Round(x - shift));
}
