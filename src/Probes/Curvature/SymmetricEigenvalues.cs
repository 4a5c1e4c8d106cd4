using System.Numerics;
using System.Runtime.InteropServices;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// All eigenvalues of a dense symmetric matrix, with eigenvectors if they are wanted: Householder's reduction to a tridiagonal
/// matrix, then QL iterations. Golub and Van Loan, Matrix Computations, 8.3.
/// </summary>
internal static class SymmetricEigenvalues
{
    /// <summary>
    /// The eigenvalues in ascending order. Only the lower triangle of the matrix, row after row, is read; it is overwritten.
    /// </summary>
    public static double[] Of(Span<double> matrix, int size)
    {
        if (size < 1 || matrix.Length != (long)size * size)
        {
            Throw.Argument($"eigenvalues: {matrix.Length} numbers are no square matrix of {size} rows.");
        }
        double[] diagonal = new double[size];
        double[] beside = new double[size];
        Reduce(matrix, size, diagonal, beside);
        Tridiagonal.Diagonalise(diagonal, beside);
        Array.Sort(diagonal);
        return diagonal;
    }

    /// <summary>
    /// The same from the largest down, with the unit eigenvectors as rows. QL turns the rows of H₁H₂…, the product of the mirrors, as
    /// it turns those of the identity for a tridiagonal matrix; the rows that a mirror was made of are still there.
    /// </summary>
    public static (double[] Values, double[][] Vectors) WithVectors(Span<double> matrix, int size)
    {
        if (size < 1 || matrix.Length != (long)size * size)
        {
            Throw.Argument($"eigenvalues: {matrix.Length} numbers are no square matrix of {size} rows.");
        }
        (double[] diagonal, double[] beside, double[] mirror) = (new double[size], new double[size], new double[size]);
        Reduce(matrix, size, diagonal, beside);
        double[] vectors = new double[matrix.Length];
        for (int i = 0; i < size; i++) vectors[i * size + i] = 1;
        for (int k = 1; k < size; k++)
        {
            double h = Mirror(matrix.Slice(k * size, k), mirror, out _);
            Span<double> normal = mirror.AsSpan(0, k);
            for (int i = 0; h > 0 && i < k; i++)
            {
                Span<double> row = vectors.AsSpan(i * size, k);
                OrthonormalRows.AddScaled(row, normal, -OrthonormalRows.Dot(row, normal) / h);
            }
        }
        Tridiagonal.Diagonalise(diagonal, beside, vectors: vectors);
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => diagonal[i])];
        return (Array.ConvertAll(order, i => diagonal[i]), Array.ConvertAll(order, i => vectors.AsSpan(i * size, size).ToArray()));
    }

    /// <summary>
    /// From the last row up, row k is reflected onto its element k − 1: u is the mirror's normal, h = ‖u‖²/2, and
    /// A ← A − u qᵀ − q uᵀ with q = A u/h − (uᵀ A u/2h²) u. The matrix is larger than a cache, so the change by one mirror
    /// and the product with the next are made in one pass over it:
    ///
    ///     row i   [ a a a a a d . . . ]    a ← a − uᵢ q − qᵢ u;   pᵢ += a · u';   p += u'ᵢ a
    /// </summary>
    private static void Reduce(Span<double> matrix, int size, Span<double> diagonal, Span<double> beside)
    {
        (double[] u, double[] q, double[] next, double[] p) = (new double[size], new double[size], new double[size], new double[size]);
        for (int k = size - 1; k >= 0; k--)
        {
            Span<double> row = matrix.Slice(k * size, k + 1);
            for (int j = 0; j <= k; j++) row[j] -= u[k] * q[j] + q[k] * u[j];
            diagonal[k] = row[k];
            if (k == 0) break;
            double h = Mirror(row[..k], next, out beside[k]);
            Array.Clear(p);
            for (int i = 0; i < k; i++) Pass(matrix.Slice(i * size, i + 1), u, q, next, p);
            double along = 0;
            if (h > 0)
            {
                for (int j = 0; j < k; j++) along += next[j] * (p[j] /= h);
                along /= 2 * h;
            }
            for (int j = 0; j < k; j++) q[j] = p[j] - along * next[j];
            (u, next) = (next, u);
        }
    }

    /// <summary>The mirror that leaves one number of a row, which is put out; returns ‖u‖²/2, 0 if there is nothing to do.</summary>
    private static double Mirror(ReadOnlySpan<double> row, Span<double> u, out double left)
    {
        int last = row.Length - 1;
        double largest = 0;
        for (int j = 0; j < last; j++) largest = Math.Max(largest, Math.Abs(row[j]));
        left = row[last];
        u.Clear();
        if (largest == 0) return 0;
        // Scaled, so that squares neither overflow nor vanish.
        double scale = Math.Max(largest, Math.Abs(row[last]));
        double square = 0;
        for (int j = 0; j <= last; j++) square += row[j] / scale * (row[j] / scale);
        double length = scale * Math.Sqrt(square);
        left = row[last] > 0 ? -length : length;
        row.CopyTo(u);
        u[last] -= left;
        // The mirror may have any length; that of order 1 keeps h in range.
        for (int j = 0; j <= last; j++) u[j] /= scale;
        double half = 0;
        for (int j = 0; j <= last; j++) half += u[j] * u[j];
        return half / 2;
    }

    private static void Pass(Span<double> row, double[] u, double[] q, double[] next, double[] p)
    {
        int i = row.Length - 1;
        (double ui, double qi, double ni) = (u[i], q[i], next[i]);
        int lanes = i / Vector<double>.Count;
        Span<Vector<double>> rows = MemoryMarshal.Cast<double, Vector<double>>(row)[..lanes];
        ReadOnlySpan<Vector<double>> us = Vectors(u, lanes);
        ReadOnlySpan<Vector<double>> qs = Vectors(q, lanes);
        ReadOnlySpan<Vector<double>> ns = Vectors(next, lanes);
        Span<Vector<double>> ps = Vectors(p, lanes);
        (Vector<double> uv, Vector<double> qv, Vector<double> nv) = (new(-ui), new(-qi), new(ni));
        Vector<double> dot = Vector<double>.Zero;
        for (int j = 0; j < rows.Length; j++)
        {
            Vector<double> a = Vector.FusedMultiplyAdd(uv, qs[j], Vector.FusedMultiplyAdd(qv, us[j], rows[j]));
            rows[j] = a;
            dot = Vector.FusedMultiplyAdd(a, ns[j], dot);
            ps[j] = Vector.FusedMultiplyAdd(nv, a, ps[j]);
        }
        double sum = Vector.Sum(dot);
        for (int j = lanes * Vector<double>.Count; j < i; j++)
        {
            row[j] -= ui * q[j] + qi * u[j];
            sum += row[j] * next[j];
            p[j] += ni * row[j];
        }
        row[i] -= 2 * ui * qi;
        p[i] += sum + row[i] * ni;
    }

    private static Span<Vector<double>> Vectors(double[] numbers, int lanes) =>
        MemoryMarshal.Cast<double, Vector<double>>(numbers.AsSpan())[..lanes];
}
