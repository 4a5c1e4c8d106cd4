using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Directions;

/// <summary>A linear subspace of R^d, known by the projection on it.</summary>
public abstract class Subspace
{
    private Subspace(int ambient, int dimension) => (Ambient, Dimension) = (ambient, dimension);

    /// <summary>d, the dimension of the space around.</summary>
    public int Ambient { get; }

    /// <summary>m, the dimension of the subspace.</summary>
    public int Dimension { get; }

    /// <summary>Replaces v [d] by the nearest vector of the subspace.</summary>
    /// <exception cref="ArgumentException">v has another length than <see cref="Ambient"/>.</exception>
    public void Project(Span<double> v)
    {
        if (v.Length != Ambient) Throw.Argument($"subspace: a vector of {v.Length} numbers in dimension {Ambient}.");
        Onto(v);
    }

    /// <summary>A uniformly random unit vector of the subspace.</summary>
    public double[] Draw(Rng rng)
    {
        double[] v = rng.Normal(Ambient);
        Onto(v);
        double length = Math.Sqrt(OrthonormalRows.Dot(v, v));
        for (int i = 0; i < v.Length; i++) v[i] /= length;
        return v;
    }

    /// <summary>All vectors that are orthogonal to the subspace.</summary>
    /// <exception cref="ArgumentException">The subspace is the whole space.</exception>
    public Subspace Complement()
    {
        if (Dimension == Ambient) Throw.Argument($"subspace: nothing is orthogonal to all of R^{Ambient}.");
        return new Rest(this);
    }

    /// <summary>
    /// The span of m independent Gaussian vectors. Their QR decomposition is never formed: its mirrors are those of independent
    /// Gaussian vectors of falling length (Stewart, SIAM J. Numer. Anal. 1980), so that drawing costs m·d numbers and projecting 8 m·d
    /// operations.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">m is outside 1 to d.</exception>
    public static Subspace Random(int ambient, int dimension, Rng rng)
    {
        Check(ambient, dimension);
        return new Mirrors(ambient, dimension, rng);
    }

    /// <summary>The span of rows of d numbers; one that depends on the others adds nothing.</summary>
    /// <exception cref="ArgumentException">There is no row that is not zero, or rows of another length.</exception>
    public static Subspace SpanOf(int ambient, IEnumerable<double[]> rows)
    {
        OrthonormalRows basis = new(ambient);
        foreach (double[] row in rows) basis.Add(row);
        if (basis.Rank == 0) Throw.Argument("subspace: there are no rows but zeros. Give at least one other.");
        return new Basis(ambient, basis);
    }

    internal static void Check(int ambient, int dimension)
    {
        if (dimension < 1 || dimension > ambient)
        {
            Throw.Range($"subspace: dimension {dimension} is outside 1 to {ambient}, the number of pixels.");
        }
    }

    private protected abstract void Onto(Span<double> v);

    private sealed class Mirrors : Subspace
    {
        /// <summary>The unit normal of mirror k, whose first number is that of coordinate k.</summary>
        private readonly double[][] normals;

        public Mirrors(int ambient, int dimension, Rng rng) : base(ambient, dimension)
        {
            normals = new double[dimension][];
            for (int k = 0; k < dimension; k++)
            {
                double[] normal = normals[k] = rng.At(k).Normal(ambient - k);
                // Away from the vector's own side of the first axis, so that nothing cancels.
                normal[0] += Math.CopySign(Math.Sqrt(OrthonormalRows.Dot(normal, normal)), normal[0]);
                double length = Math.Sqrt(OrthonormalRows.Dot(normal, normal));
                for (int i = 0; i < normal.Length; i++) normal[i] /= length;
            }
        }

        private protected override void Onto(Span<double> v)
        {
            for (int k = 0; k < normals.Length; k++) Reflect(v[k..], normals[k]);
            v[Dimension..].Clear();
            for (int k = normals.Length - 1; k >= 0; k--) Reflect(v[k..], normals[k]);
        }

        private static void Reflect(Span<double> v, double[] normal) =>
            OrthonormalRows.AddScaled(v, normal, -2 * OrthonormalRows.Dot(v, normal));
    }

    private sealed class Basis(int ambient, OrthonormalRows basis) : Subspace(ambient, basis.Rank)
    {
        private protected override void Onto(Span<double> v)
        {
            double[] rest = basis.NullPart(v);
            for (int i = 0; i < v.Length; i++) v[i] -= rest[i];
        }
    }

    private sealed class Rest(Subspace inner) : Subspace(inner.Ambient, inner.Ambient - inner.Dimension)
    {
        private protected override void Onto(Span<double> v)
        {
            double[] part = v.ToArray();
            inner.Onto(part);
            for (int i = 0; i < v.Length; i++) v[i] -= part[i];
        }
    }
}
