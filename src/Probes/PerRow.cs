namespace MiniGrad.Probes;

/// <summary>One number per row of a batch, on the host in double precision.</summary>
internal static class PerRow
{
    /// <summary>Σ a·b over each row, products and sums in double: an image has up to 150 528 pixels.</summary>
    public static double[] Dot(Tensor a, Tensor b) => Numbers((a.Cast(DType.F64) * b.Cast(DType.F64)).Sum(Axes(a)));

    public static double[] L2(Tensor x) => Array.ConvertAll(Dot(x, x), Math.Sqrt);

    public static double[] Linf(Tensor x) => Numbers(x.NormLinf(Axes(x)));

    /// <summary>The numbers as a tensor that multiplies the rows of <paramref name="like"/>.</summary>
    public static Tensor Scale(double[] numbers, Tensor like)
    {
        int[] shape = new int[like.Rank];
        Array.Fill(shape, 1);
        shape[0] = numbers.Length;
        return Tensor.From(numbers, new Shape(shape)).Cast(like.Type);
    }

    /// <summary>Rows of a where the flag holds, of b elsewhere.</summary>
    public static Tensor Choose(bool[] flags, Tensor a, Tensor b)
    {
        int[] shape = new int[a.Rank];
        Array.Fill(shape, 1);
        shape[0] = flags.Length;
        return Ops.Where(Tensor.From(flags, new Shape(shape)), a, b);
    }

    /// <summary>One row for each example, drawn from its own random numbers.</summary>
    public static Tensor Draw(Tensor like, Rng[] rngs, Func<Rng, int, double[]> draw)
    {
        int size = (int)(like.Count / like.Shape[0]);
        double[] values = new double[like.Count];
        for (int i = 0; i < rngs.Length; i++) draw(rngs[i], size).CopyTo(values, i * size);
        return Tensor.From(values, like.Shape).Cast(like.Type);
    }

    public static int[] Axes(Tensor x) => [.. Enumerable.Range(1, x.Rank - 1)];

    private static double[] Numbers(Tensor x) => x.Detach().Cast(DType.F64).ToArray<double>();
}
