namespace MiniGrad.Cli;

/// <summary>What the finite numbers of a tensor look like, and how many of its numbers are none.</summary>
internal readonly record struct TensorStatistics(double Min, double Max, double Mean, double Std, long NanCount, long InfinityCount)
{
    public static TensorStatistics Of(Tensor tensor)
    {
        double[] values = tensor.Cast(DType.F64).ToArray<double>();
        (double min, double max, double sum) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        (long nans, long infinities, long finite) = (0, 0, 0);
        foreach (double value in values)
        {
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
        foreach (double value in values) squares += double.IsFinite(value) ? (value - mean) * (value - mean) : 0;
        return new(min, max, mean, Math.Sqrt(squares / finite), nans, infinities);
    }
}
