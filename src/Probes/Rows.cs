namespace MiniGrad.Probes;

/// <summary>One number per row of a batch, on the host in double precision.</summary>
internal static class Rows
{
    /// <summary>The elements of a tensor of any type, as doubles.</summary>
    public static RowBuffer<double> Read(Tensor x)
    {
        RowBuffer<double> numbers = new(checked((int)x.Count));
        x.Detach().Cast(DType.F64).CopyTo(numbers.Span);
        return numbers;
    }

    /// <summary>Σ a·b over each row, products and sums in double: an image has up to 150 528 pixels.</summary>
    public static RowBuffer<double> Dot(Tensor a, Tensor b) => Read((a.Cast(DType.F64) * b.Cast(DType.F64)).Sum(Axes(a)));

    public static RowBuffer<double> L2(Tensor x)
    {
        RowBuffer<double> lengths = Read(x.Cast(DType.F64).Square().Sum(Axes(x)));
        foreach (ref double length in lengths.Span) length = Math.Sqrt(length);
        return lengths;
    }

    public static RowBuffer<double> L1(Tensor x) => Read(x.Cast(DType.F64).NormL1(Axes(x)));

    public static RowBuffer<double> Linf(Tensor x) => Read(x.NormLinf(Axes(x)));

    /// <summary>The numbers as a tensor that multiplies the rows of <paramref name="like"/>.</summary>
    public static Tensor Scale(ReadOnlySpan<double> numbers, Tensor like) =>
        Tensor.From(numbers, Column(numbers.Length, like), like.Device).Cast(like.Type);

    /// <summary>Rows of a where the flag holds, of b elsewhere.</summary>
    public static Tensor Choose(ReadOnlySpan<bool> flags, Tensor a, Tensor b) =>
        Ops.Where(Tensor.From(flags, Column(flags.Length, a), a.Device), a, b);

    /// <summary>One row for each example, drawn from its own random numbers.</summary>
    public static Tensor Draw(Tensor like, Rng[] rngs, Func<Rng, int, double[]> draw)
    {
        int size = (int)(like.Count / like.Shape[0]);
        double[] values = new double[like.Count];
        for (int i = 0; i < rngs.Length; i++) draw(rngs[i], size).CopyTo(values, i * size);
        return Tensor.From(values, like.Shape, like.Device).Cast(like.Type);
    }

    /// <summary>Uniform numbers of ±bound for every element, each example's from its own random numbers; computed in double.</summary>
    public static Tensor Uniform(Tensor like, Rng[] rngs, double bound) =>
        ((Ops.Uniform(rngs, (int)(like.Count / like.Shape[0]), like.Device).Cast(DType.F64) * 2 - 1) * bound)
            .Reshape(like.Shape).Cast(like.Type);

    /// <summary>The base with some of its rows replaced.</summary>
    public static Tensor Put(Tensor rows, int[] places, Tensor onto)
    {
        int[] source = [.. Enumerable.Range(0, onto.Shape[0])];
        for (int i = 0; i < places.Length; i++) source[places[i]] = onto.Shape[0] + i;
        return Ops.Concat([onto, rows], 0).TakeIndices(0, source);
    }

    public static int[] Axes(Tensor x)
    {
        int[] axes = new int[x.Rank - 1];
        for (int i = 0; i < axes.Length; i++) axes[i] = i + 1;
        return axes;
    }

    private static Shape Column(int rows, Tensor like)
    {
        Span<int> sizes = stackalloc int[like.Rank];
        sizes.Fill(1);
        sizes[0] = rows;
        return new(sizes);
    }
}
