using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Jacobians;

/// <summary>The thin singular value decomposition of a matrix.</summary>
/// <param name="Values">σ from the largest down, min(n, d) of them.</param>
/// <param name="Right">The right singular vectors [d] in the same order; zeros where σ is zero.</param>
public sealed record Svd(double[] Values, double[][] Right)
{
    /// <summary>‖A‖_F.</summary>
    public double Frobenius => Math.Sqrt(Values.Sum(s => s * s));

    /// <summary>‖A‖_F² / σ₁², from 1 to the rank; NaN of a zero matrix.</summary>
    public double StableRank => Values.Sum(s => s * s) / (Values[0] * Values[0]);

    /// <summary>
    /// Of n rows of d numbers, by the eigenvectors of the smaller of A Aᵀ and AᵀA. The values are norms of products with A itself, so
    /// that small ones are lost in rounding beside σ₁, not beside its square root.
    /// </summary>
    internal static Svd Of(double[][] rows)
    {
        if (rows.Length == 0) Throw.Argument("svd: the matrix has no rows.");
        (int n, int d) = (rows.Length, rows[0].Length);
        if (n > d)
        {
            double[] values = new double[d];
            double[][] right = SymmetricEigenvalues.WithVectors(Square(rows), d).Vectors;
            for (int k = 0; k < d; k++) values[k] = Math.Sqrt(rows.Sum(row => Square(OrthonormalRows.Dot(row, right[k]))));
            return Sorted(values, right);
        }
        double[] gram = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++) gram[i * n + j] = OrthonormalRows.Dot(rows[i], rows[j]);
        }
        double[][] left = SymmetricEigenvalues.WithVectors(gram, n).Vectors;
        double[] lengths = new double[n];
        double[][] vectors = new double[n][];
        for (int k = 0; k < n; k++)
        {
            double[] v = vectors[k] = new double[d];
            for (int i = 0; i < n; i++) OrthonormalRows.AddScaled(v, rows[i], left[k][i]);
            lengths[k] = Math.Sqrt(OrthonormalRows.Dot(v, v));
            for (int i = 0; lengths[k] > 0 && i < d; i++) v[i] /= lengths[k];
        }
        return Sorted(lengths, vectors);
    }

    private static double[] Square(double[][] rows)
    {
        int d = rows[0].Length;
        double[] square = new double[d * d];
        foreach (double[] row in rows)
        {
            for (int i = 0; i < d; i++) OrthonormalRows.AddScaled(square.AsSpan(i * d, i + 1), row.AsSpan(0, i + 1), row[i]);
        }
        return square;
    }

    private static double Square(double x) => x * x;

    private static Svd Sorted(double[] values, double[][] vectors)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(k => values[k])];
        return new(Array.ConvertAll(order, k => values[k]), Array.ConvertAll(order, k => vectors[k]));
    }
}
