namespace MiniGrad.Bench;

/// <summary>Inputs of benchmarks.</summary>
internal static class Draw
{
    /// <summary>Uniform numbers in ±½.</summary>
    public static Tensor Uniform(params int[] sizes)
    {
        Shape shape = new(sizes);
        float[] values = new Rng(1).At(shape.Count).Uniform(checked((int)shape.Count));
        for (int i = 0; i < values.Length; i++) values[i] -= 0.5f;
        return Tensor.From(values, shape);
    }

    /// <summary>Classes 0, 1, … in turn.</summary>
    public static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];
}
