using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MiniGrad;

/// <summary>The sizes of a tensor's axes, at most eight of them, outermost first. A scalar has none.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest number of axes.</summary>
    public const int MaxRank = 8;

    [InlineArray(MaxRank)]
    private struct Inline
    {
        private int first;
    }

    private readonly Inline sizes;
    private readonly int rank;

    /// <summary>The shape of these sizes, outermost first.</summary>
    /// <exception cref="ArgumentException">There are more than eight sizes, or one is negative.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaxRank) Throw.Argument($"shape: {sizes.Length} axes, at most {MaxRank} are possible. Merge some axes first.");
        int signs = 0;
        foreach (int size in sizes) signs |= size;
        if (signs < 0) Throw.Argument($"shape: a size is negative: {Format(sizes)}.");
        sizes.CopyTo(this.sizes);
        rank = sizes.Length;
    }

    /// <summary>Lets a collection expression make a shape: <c>Shape s = [2, 3];</c></summary>
    public static Shape Create(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>The shape without axes, of one element.</summary>
    public static Shape Scalar => default;

    /// <summary>The number of axes.</summary>
    public int Rank => rank;

    /// <summary>The size of an axis; a negative axis counts from the end.</summary>
    public int this[int axis] => sizes[Axis(axis, rank)];

    /// <summary>The number of elements: the product of the sizes.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int i = 0; i < rank; i++) count = checked(count * sizes[i]);
            return count;
        }
    }

    /// <summary>The size of each axis, outermost first.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Sizes => ((ReadOnlySpan<int>)sizes)[..rank];

    /// <summary>A copy of the sizes.</summary>
    public int[] ToArray() => Sizes.ToArray();

    /// <summary>Lets <c>foreach</c> walk over the sizes.</summary>
    public ReadOnlySpan<int>.Enumerator GetEnumerator() => ((ReadOnlySpan<int>)ToArray()).GetEnumerator();

    /// <summary>This shape with one size replaced.</summary>
    public Shape With(int axis, int size)
    {
        Span<int> next = stackalloc int[rank];
        Sizes.CopyTo(next);
        next[Axis(axis, rank)] = size;
        return new(next);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis)
    {
        axis = Axis(axis, rank);
        Span<int> next = stackalloc int[rank - 1];
        Sizes[..axis].CopyTo(next);
        Sizes[(axis + 1)..].CopyTo(next[axis..]);
        return new(next);
    }

    /// <summary>Resolves an axis that may count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static int Axis(int axis, int rank) => (uint)axis < (uint)rank ? axis : FromEnd(axis, rank);

    /// <summary>The common shape of two operands by NumPy's rule: axes are matched from the last, a size of 1 stretches.</summary>
    /// <exception cref="ArgumentException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        if (a == b) return a;
        int rank = Math.Max(a.rank, b.rank);
        Span<int> sizes = stackalloc int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int m = i <= a.rank ? a.sizes[a.rank - i] : 1;
            int n = i <= b.rank ? b.sizes[b.rank - i] : 1;
            if (m != n && m != 1 && n != 1)
            {
                Throw.Argument($"{operation}: shapes {a} and {b} do not broadcast: {m} against {n} in axis {-i}. Reshape one side.");
            }
            sizes[rank - i] = m == 1 ? n : m;
        }
        return new(sizes);
    }

    /// <summary>Whether both have the same sizes.</summary>
    public bool Equals(Shape other) => Same(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Whether both have the same sizes.</summary>
    public static bool operator ==(in Shape a, in Shape b) => Same(a, b);

    /// <summary>Whether ranks or sizes differ.</summary>
    public static bool operator !=(in Shape a, in Shape b) => !Same(a, b);

    /// <summary>The sizes as in <c>[8, 3, 32, 32]</c>.</summary>
    public override string ToString() => Format(Sizes);

    // A method without copies or calls: shapes are compared several times in each operation.
    private static bool Same(in Shape a, in Shape b)
    {
        if (a.rank != b.rank) return false;
        for (int i = 0; i < a.rank; i++)
        {
            if (a.sizes[i] != b.sizes[i]) return false;
        }
        return true;
    }

    private static int FromEnd(int axis, int rank)
    {
        if (axis < -rank || axis >= 0) Throw.Range($"axis {axis} does not exist in a tensor of {rank} axes.");
        return axis + rank;
    }

    private static string Format(ReadOnlySpan<int> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";
}
