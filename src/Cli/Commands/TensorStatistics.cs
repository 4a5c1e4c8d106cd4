using System.Numerics;

namespace MiniGrad.Cli.Commands;

/// <summary>What the finite numbers of a tensor look like, and how many of its numbers are none.</summary>
internal readonly record struct TensorStatistics(double Min, double Max, double Mean, double Std, long NanCount, long InfinityCount)
{
    public static TensorStatistics Of(Tensor tensor) => tensor.Type switch
    {
        DType.F32 => Of(tensor.ToArray<float>()),
        DType.F64 => Of(tensor.ToArray<double>()),
        DType.I32 => Of(tensor.ToArray<int>()),
        _ => Of(tensor.ToArray<byte>()),
    };

    private static TensorStatistics Of<T>(T[] values) where T : INumber<T>
    {
        (double min, double max, double sum) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        (long nans, long infinities, long finite) = (0, 0, 0);
        foreach (T number in values)
        {
            double value = double.CreateTruncating(number);
            if (double.IsNaN(value)) nans++;
            else if (double.IsInfinity(value)) infinities++;
            else
            {
                finite++;
                sum += value;
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }
        if (finite == 0) return new(double.NaN, double.NaN, double.NaN, double.NaN, nans, infinities);
        double mean = sum / finite;
        double squares = 0;
        foreach (T number in values)
        {
            double value = double.CreateTruncating(number);
            if (double.IsFinite(value)) squares += (value - mean) * (value - mean);
        }
        return new(min, max, mean, Math.Sqrt(squares / finite), nans, infinities);
    }
}
