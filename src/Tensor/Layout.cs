using System.Runtime.CompilerServices;

namespace MiniGrad;

/// <summary>
/// Where the elements of a shape lie in a storage: an offset and one stride per axis, in elements. Strides may be 0
/// (broadcast) or negative (flip). Every view rule lives here; a view never copies. Immutable, so tensors share it.
/// </summary>
public sealed class Layout
{
    [InlineArray(Shape.MaxRank)]
    private struct Inline
    {
        private long first;
    }

    private readonly Shape shape;
    private readonly Inline strides;

    private Layout(Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        this.shape = shape;
        Offset = offset;
        strides.CopyTo(this.strides);
        IsContiguous = Dense(shape, strides);
        Least = Most = offset;
        for (int i = 0; i < shape.Rank; i++)
        {
            long reach = (shape[i] - 1L) * strides[i];
            if (reach < 0) Least += reach;
            else Most += reach;
        }
    }

    /// <summary>Row-major from an offset.</summary>
    private Layout(Shape shape, long offset)
    {
        this.shape = shape;
        Offset = Least = offset;
        IsContiguous = true;
        long step = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, shape[i]);
        }
        Most = offset + step - 1;
    }

    /// <summary>The size of each axis.</summary>
    public ref readonly Shape Shape => ref shape;

    /// <summary>The place of the element at index 0 of every axis, in elements.</summary>
    public long Offset { get; }

    /// <summary>Whether the elements lie one after another in row-major order from the offset.</summary>
    public bool IsContiguous { get; }

    /// <summary>The first and the last place that any element takes; meaningless for an empty shape.</summary>
    public long Least { get; }

    /// <inheritdoc cref="Least"/>
    public long Most { get; }

    /// <summary>The distance between neighbours along an axis, in elements; the axis counts from the first.</summary>
    public long Stride(int axis) => strides[axis];

    /// <summary>The row-major layout of a shape, from offset 0.</summary>
    public static Layout Contiguous(Shape shape) => new(shape, 0);

    /// <summary>The row-major layout of this shape, from offset 0.</summary>
    public Layout ToContiguous() => IsContiguous && Offset == 0 ? this : new(shape, 0);

    /// <summary>The axes in another order: axis i of the result is axis order[i] of this.</summary>
    /// <exception cref="ArgumentException">The order does not name every axis once.</exception>
    public Layout Permute(ReadOnlySpan<int> order)
    {
        int rank = Shape.Rank;
        Span<int> sizes = stackalloc int[rank];
        Span<long> next = stackalloc long[rank];
        int seen = 0;
        if (order.Length != rank) Throw.Argument($"permute: {order.Length} axes given for {Shape}.");
        for (int i = 0; i < rank; i++)
        {
            int axis = Shape.Axis(order[i], rank);
            if ((seen & (1 << axis)) != 0) Throw.Argument($"permute: axis {axis} is named twice for {Shape}.");
            seen |= 1 << axis;
            sizes[i] = Shape[axis];
            next[i] = strides[axis];
        }
        return new(new Shape(sizes), next, Offset);
    }

    /// <summary>
    /// Every <paramref name="step"/>-th of <paramref name="count"/> elements of an axis from <paramref name="start"/>
    /// on; a negative step walks back.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An element lies outside the axis, the count is negative or the step is 0.</exception>
    public Layout Slice(int axis, int start, int count, int step = 1)
    {
        axis = Shape.Axis(axis, Shape.Rank);
        long last = start + ((long)count - 1) * step;
        int size = Shape[axis];
        if (count < 0 || step == 0 || (count > 0 && (start < 0 || start >= size || last < 0 || last >= size)))
        {
            Throw.Range($"slice: start {start}, count {count}, step {step} leave axis {axis} of {Shape}.");
        }
        Span<long> next = stackalloc long[Shape.Rank];
        for (int i = 0; i < Shape.Rank; i++) next[i] = strides[i];
        next[axis] = strides[axis] * step;
        return new(Shape.With(axis, count), next, count == 0 ? Offset : Offset + start * strides[axis]);
    }

    /// <summary>Stretches axes of size 1 by stride 0 and adds leading axes: NumPy's rule.</summary>
    /// <exception cref="ArgumentException">The shape has fewer axes, or another size where this one is not 1.</exception>
    public Layout BroadcastTo(Shape shape)
    {
        int lead = shape.Rank - Shape.Rank;
        if (lead < 0) Throw.Argument($"broadcast: {Shape} has more axes than {shape}.");
        Span<long> next = stackalloc long[shape.Rank];
        next.Clear();
        for (int i = 0; i < Shape.Rank; i++)
        {
            int from = Shape[i];
            int to = shape[lead + i];
            if (from != to && from != 1) Throw.Argument($"broadcast: {Shape} does not stretch to {shape}: {from} against {to}.");
            next[lead + i] = from == to ? strides[i] : 0;
        }
        return new(shape, next, Offset);
    }

    /// <summary>
    /// Tries to name the same elements, in the same order, by another shape of equal count without a copy; else the
    /// result is this layout.
    /// </summary>
    public bool TryReshape(Shape shape, out Layout result)
    {
        result = this;
        if (shape.Count != Shape.Count) return false;
        if (IsContiguous || Shape.Count == 0)
        {
            result = new(shape, Offset);
            return true;
        }
        Span<long> next = stackalloc long[shape.Rank];
        // Walk both shapes from the last axis; a run of old axes may serve a run of new ones only where it is dense.
        int old = Shape.Rank - 1;
        int fresh = shape.Rank - 1;
        while (fresh >= 0 || old >= 0)
        {
            while (old >= 0 && Shape[old] == 1) old--;
            if (old < 0)
            {
                for (; fresh >= 0; fresh--) next[fresh] = 1;
                break;
            }
            long stride = strides[old];
            long have = Shape[old];
            long want = 1;
            long step = stride;
            while (want < have || (fresh >= 0 && shape[fresh] == 1))
            {
                if (fresh < 0) return false;
                next[fresh] = step;
                want *= shape[fresh];
                step *= shape[fresh];
                fresh--;
                while (have < want)
                {
                    old--;
                    while (old >= 0 && Shape[old] == 1) old--;
                    if (old < 0 || strides[old] != stride * have) return false;
                    have *= Shape[old];
                }
            }
            if (want != have) return false;
            old--;
        }
        result = new(shape, next, Offset);
        return true;
    }

    private static bool Dense(Shape shape, ReadOnlySpan<long> strides)
    {
        long step = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            if (shape[i] == 0) return true;
            if (shape[i] != 1 && strides[i] != step) return false;
            step *= shape[i];
        }
        return true;
    }
}
