namespace MiniGrad.Tests.Goldens;

/// <summary>The values that inputs, parameters and weights are made of; README.md beside the files states the rule.</summary>
public static class GoldenFormula
{
    /// <summary>The phase of the weights that gradients are seeded with.</summary>
    public const int WeightPhase = 99;

    public static long Residue(long i, int phase) => (i * 7919 + phase * 104729L + 12345) % 65536;

    /// <summary>n values in [−scale, scale) around an offset, with the roundings of the script that made the files.</summary>
    public static double[] Values(long n, int phase, double scale = 1, double offset = 0)
    {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) values[i] = (Residue(i, phase) / 65536.0 - 0.5) * 2 * scale + offset;
        return values;
    }

    /// <summary>The formula as a tensor, rounded once to the type.</summary>
    public static Tensor Tensor(Shape shape, DType type, Device device, int phase, double scale = 1, double offset = 0) =>
        Tensor(Values(shape.Count, phase, scale, offset), shape, type, device);

    public static Tensor Tensor(double[] values, Shape shape, DType type, Device device) => type == DType.F32
        ? MiniGrad.Tensor.From(Array.ConvertAll(values, v => (float)v), shape, device)
        : MiniGrad.Tensor.From(values, shape, device);
}
