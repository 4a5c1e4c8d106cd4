using System.Numerics;
using System.Runtime.InteropServices;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// Eigenvalues of symmetric tridiagonal matrices by QL iterations with implicit shifts
/// (EISPACK's tql; Bowdler et al., 1968).
/// </summary>
internal static class Tridiagonal
{
    private const int MostIterations = 60;
    private const double Rounding = 1.1102230246251565e-16;

    /// <summary>
    /// Turns the diagonal into the eigenvalues, in no order. <paramref name="beside"/>[k] stands between diagonal elements
    /// k − 1 and k; it is overwritten. A row of components, if given, is turned as the rows of the eigenvectors' matrix are:
    /// from (0, …, 0, 1) it becomes the last component of every eigenvector. Rows of a square matrix, if given, are turned so too:
    /// from the identity they become the eigenvectors.
    /// </summary>
    public static void Diagonalise(
        Span<double> diagonal, Span<double> beside, Span<double> components = default, Span<double> vectors = default)
    {
        int n = diagonal.Length;
        // Comparisons with NaN end every search for a split, so that it would pass unseen.
        if (diagonal.ContainsAny(double.NaN, double.PositiveInfinity, double.NegativeInfinity)
            || beside.ContainsAny(double.NaN, double.PositiveInfinity, double.NegativeInfinity))
        {
            throw new NumericalException("eigenvalues: the matrix holds NaN or infinities, or numbers too large to square.");
        }
        for (int i = 1; i < n; i++) beside[i - 1] = beside[i];
        if (n > 0) beside[n - 1] = 0;
        for (int l = 0; l < n; l++)
        {
            for (int iteration = 0; ; iteration++)
            {
                int m = l;
                // Split where an element is lost in rounding beside its neighbours.
                while (m < n - 1 && Math.Abs(beside[m]) > Rounding * (Math.Abs(diagonal[m]) + Math.Abs(diagonal[m + 1]))) m++;
                if (m == l) break;
                if (iteration == MostIterations) throw new NumericalException($"eigenvalues: no convergence after {iteration} iterations.");
                Sweep(diagonal, beside, components, vectors, l, m);
            }
        }
    }

    /// <summary>One QL step on the block from l to m.</summary>
    private static void Sweep(Span<double> d, Span<double> e, Span<double> z, Span<double> vectors, int l, int m)
    {
        int n = d.Length;
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        double r = double.Hypot(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        (double s, double c, double p) = (1, 1, 0);
        for (int i = m - 1; i >= l; i--)
        {
            (double f, double b) = (s * e[i], c * e[i]);
            e[i + 1] = r = double.Hypot(f, g);
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            if (!vectors.IsEmpty) Turn(vectors.Slice(i * n, n), vectors.Slice((i + 1) * n, n), s, c);
            if (z.IsEmpty) continue;
            (z[i], z[i + 1]) = (c * z[i] - s * z[i + 1], s * z[i] + c * z[i + 1]);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }
    private static void Turn(Span<double> first, Span<double> second, double s, double c)
    {
        Span<Vector<double>> a = MemoryMarshal.Cast<double, Vector<double>>(first);
        Span<Vector<double>> b = MemoryMarshal.Cast<double, Vector<double>>(second);
        for (int k = 0; k < a.Length; k++) (a[k], b[k]) = (c * a[k] - s * b[k], s * a[k] + c * b[k]);
        for (int k = a.Length * Vector<double>.Count; k < first.Length; k++)
        {
            (first[k], second[k]) = (c * first[k] - s * second[k], s * first[k] + c * second[k]);
        }
    }
}
