using System.Numerics;
using System.Runtime.InteropServices;

namespace MiniGrad.Probes.NullSpaces;

/// <summary>
/// An orthonormal basis of a growing set of rows, by Gram-Schmidt applied twice, in double. A row that (almost) depends
/// on the others adds nothing, so rank-deficient matrices need no inverse.
/// </summary>
internal sealed class OrthonormalRows(int dimension)
{
    /// <summary>A remainder of this share of a row's length counts as dependence.</summary>
    private const double Dependent = 1e-10;

    private readonly List<double[]> basis = [];

    public int Rank => basis.Count;

    /// <summary>The basis.</summary>
    public IReadOnlyList<double[]> Rows => basis;

    /// <summary>Adds a row to the span; returns whether it was independent.</summary>
    public bool Add(ReadOnlySpan<double> row)
    {
        if (row.Length != dimension) Throw.Argument($"orthonormal rows: a row of {row.Length} numbers in dimension {dimension}.");
        double[] rest = row.ToArray();
        double length = Length(rest);
        if (length == 0 || Rank == dimension) return false;
        Subtract(rest);
        Subtract(rest);
        double left = Length(rest);
        if (left <= Dependent * length) return false;
        for (int i = 0; i < rest.Length; i++) rest[i] /= left;
        basis.Add(rest);
        return true;
    }

    /// <summary>The part of v orthogonal to every row.</summary>
    public double[] NullPart(ReadOnlySpan<double> v)
    {
        double[] rest = v.ToArray();
        Subtract(rest);
        Subtract(rest);
        return rest;
    }

    private void Subtract(double[] v)
    {
        foreach (double[] direction in basis) AddScaled(v, direction, -Dot(v, direction));
    }

    /// <summary>v += factor · direction.</summary>
    internal static void AddScaled(Span<double> v, ReadOnlySpan<double> direction, double factor)
    {
        Span<Vector<double>> target = MemoryMarshal.Cast<double, Vector<double>>(v);
        ReadOnlySpan<Vector<double>> step = MemoryMarshal.Cast<double, Vector<double>>(direction);
        for (int i = 0; i < target.Length; i++) target[i] += factor * step[i];
        for (int i = target.Length * Vector<double>.Count; i < v.Length; i++) v[i] += factor * direction[i];
    }

    private static double Length(double[] v) => Math.Sqrt(Dot(v, v));

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(a);
        ReadOnlySpan<Vector<double>> right = MemoryMarshal.Cast<double, Vector<double>>(b);
        Vector<double> sums = default;
        for (int i = 0; i < left.Length; i++) sums += left[i] * right[i];
        double sum = Vector.Sum(sums);
        for (int i = left.Length * Vector<double>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
