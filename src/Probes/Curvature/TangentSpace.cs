using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The directions orthogonal to a unit normal. Its orthonormal basis is columns 2 to d of the Householder reflection that
/// takes the first axis to the normal: a projected matrix of d − 1 rows has no spurious eigenvalue along the normal.
/// </summary>
public sealed class TangentSpace
{
    private readonly double[] normal;

    /// <summary>The unit normal of the reflection's mirror.</summary>
    private readonly double[] mirror;

    /// <summary>The tangents at a normal of Euclidean length 1.</summary>
    public TangentSpace(double[] normal)
    {
        this.normal = normal;
        mirror = [.. normal];
        // Away from the normal's own side of the first axis, so that nothing cancels.
        mirror[0] += normal[0] < 0 ? -1 : 1;
        double length = Math.Sqrt(Dot(mirror, mirror));
        for (int i = 0; i < mirror.Length; i++) mirror[i] /= length;
    }

    /// <summary>The dimension of the space around: one more than that of the tangents.</summary>
    public int Dimension => normal.Length;

    /// <summary>Takes the part along the normal out of v.</summary>
    public void Project(Span<double> v)
    {
        double along = Dot(normal, v);
        for (int i = 0; i < v.Length; i++) v[i] -= along * normal[i];
    }

    /// <summary>Basis vector k of 0 to d − 2.</summary>
    public void Basis(int k, Span<double> v)
    {
        for (int i = 0; i < v.Length; i++) v[i] = -2 * mirror[k + 1] * mirror[i];
        v[k + 1] += 1;
    }

    /// <summary>The d − 1 components of v in the basis.</summary>
    public void Components(ReadOnlySpan<double> v, Span<double> components)
    {
        double along = 2 * Dot(mirror, v);
        for (int k = 0; k < components.Length; k++) components[k] = v[k + 1] - along * mirror[k + 1];
    }

    /// <summary>
    /// Turns a symmetric d × d matrix H into QᵀHQ, in place: its (d − 1) × (d − 1) numbers are the first of the memory.
    /// With w = H u for the mirror's normal u and s = w − (uᵀw) u, the reflected matrix is H − 2 u sᵀ − 2 s uᵀ.
    /// </summary>
    public Span<double> Compress(Span<double> matrix)
    {
        int d = Dimension;
        double[] s = new double[d];
        for (int i = 0; i < d; i++) s[i] = Dot(matrix.Slice(i * d, d), mirror);
        double along = Dot(s, mirror);
        for (int i = 0; i < d; i++) s[i] -= along * mirror[i];
        for (int a = 0; a < d - 1; a++)
        {
            // The target of a row ends before its source begins.
            Span<double> from = matrix.Slice((a + 1) * d + 1, d - 1);
            Span<double> to = matrix.Slice(a * (d - 1), d - 1);
            (double u, double v) = (2 * mirror[a + 1], 2 * s[a + 1]);
            for (int b = 0; b < d - 1; b++) to[b] = from[b] - u * s[b + 1] - v * mirror[b + 1];
        }
        return matrix[..((d - 1) * (d - 1))];
    }

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => OrthonormalRows.Dot(a, b);
}
