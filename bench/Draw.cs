using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Bench;

/// <summary>Inputs of benchmarks.</summary>
internal static class Draw
{
    /// <summary>Uniform numbers in ±½, on the processor.</summary>
    public static Tensor Uniform(params int[] sizes) => Uniform(Device.Cpu, sizes);

    /// <summary>The same numbers, drawn on a device.</summary>
    public static Tensor Uniform(Device device, params int[] sizes)
    {
        Shape shape = new(sizes);
        return Computed(Ops.Uniform([new Rng(1).At(shape.Count)], checked((int)shape.Count), device) - 0.5).Reshape(shape);
    }

    /// <summary>Classes 0, 1, … in turn.</summary>
    public static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];

    /// <summary>
    /// The same tensor, or tensors, with their kernels asked for: on a GPU formulas wait until something
    /// needs their result, which a benchmark does not.
    /// </summary>
    public static Tensor Computed(Tensor x)
    {
        if (x.Storage is GpuStorage storage) _ = storage.Memory;
        return x;
    }

    /// <inheritdoc cref="Computed(Tensor)"/>
    public static Tensor[] Computed(Tensor[] xs) => Array.ConvertAll(xs, Computed);
}
