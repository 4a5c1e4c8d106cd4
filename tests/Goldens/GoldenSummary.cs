using System.Text.Json;

namespace MiniGrad.Tests.Goldens;

/// <summary>Compares a gradient with the sums and first values that a golden file keeps of it.</summary>
public static class GoldenSummary
{
    /// <summary>Sums by the sum of magnitudes, since some cancel to nothing; values by the largest of the whole gradient.</summary>
    public static void Close(string what, JsonElement expected, Tensor gradient, double tolerance)
    {
        double[] values = GoldenAssert.Doubles(gradient);
        double sumAbs = expected.GetProperty("sum_abs").GetDouble();
        GoldenAssert.Close($"{what}, sum of magnitudes", [sumAbs], Tensor.Scalar(values.Sum(Math.Abs)), tolerance);
        GoldenAssert.Close($"{what}, sum", [expected.GetProperty("sum").GetDouble()], Tensor.Scalar(values.Sum()), tolerance, sumAbs);
        double largest = values.Max(Math.Abs);
        double[] first = GoldenRecord.Numbers(expected.GetProperty("first"));
        GoldenAssert.Close($"{what}, first values", first, Tensor.From(values[..first.Length]), tolerance, largest);
        if (expected.TryGetProperty("values", out JsonElement all))
        {
            GoldenAssert.Close(what, GoldenRecord.Numbers(all), gradient, tolerance);
        }
    }
}
