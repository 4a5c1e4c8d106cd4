using System.Globalization;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Compares results with golden ones: by the largest finite value, infinities and NaN exactly.</summary>
public static class GoldenAssert
{
    /// <summary>
    /// Every |actual − expected| must be at most tolerance · max|expected| (of the finite ones, or a given larger scale).
    /// </summary>
    public static void Close(string what, double[] expected, Tensor actual, double tolerance, double scale = 0)
    {
        double[] found = Doubles(actual);
        Assert.True(expected.Length == found.Length, $"{what}: {found.Length} values, expected {expected.Length}.");
        foreach (double value in expected) scale = double.IsFinite(value) ? Math.Max(scale, Math.Abs(value)) : scale;
        for (int i = 0; i < found.Length; i++)
        {
            bool close = double.IsFinite(expected[i])
                ? Math.Abs(found[i] - expected[i]) <= tolerance * scale
                : found[i].Equals(expected[i]);
            Assert.True(close, string.Create(CultureInfo.InvariantCulture,
                $"{what}: element {i} of {actual.Shape} is {found[i]:R}, expected {expected[i]:R}: "
                + $"off by {Math.Abs(found[i] - expected[i]) / scale:G3} of {scale:G6}, allowed {tolerance:G3}."));
        }
    }

    public static void Close(string what, GoldenArray expected, Tensor actual, double tolerance)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: shape {actual.Shape}, expected {expected.Shape}.");
        Close(what, expected.Values, actual, tolerance);
    }

    public static double[] Doubles(Tensor x) => x.Type switch
    {
        DType.F64 => x.ToArray<double>(),
        DType.F32 => Array.ConvertAll(x.ToArray<float>(), v => (double)v),
        DType.I32 => Array.ConvertAll(x.ToArray<int>(), v => (double)v),
        _ => Array.ConvertAll(x.ToArray<byte>(), v => (double)v),
    };
}
