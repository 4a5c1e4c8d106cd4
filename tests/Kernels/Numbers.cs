using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Makes random tensors for tests and compares results: by bits, or within a stated bound.</summary>
internal static class Numbers
{
    /// <summary>The spacing of numbers just above 1.</summary>
    public static double Epsilon(DType type) => type == DType.F32 ? Math.Pow(2, -23) : Math.Pow(2, -52);

    /// <summary>
    /// Uniform values between low and high, the same for the same name, with all bits of a
    /// double at random, so that sums do round.
    /// </summary>
    public static Tensor Random(Shape shape, DType type, string name, double low = -1, double high = 1, Device? device = null)
    {
        int count = checked((int)shape.Count);
        float[] draws = new Rng(7).At(name).Uniform(3 * count);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = low + (high - low) * (draws[3 * i] + draws[3 * i + 1] * Math.Pow(2, -24) + draws[3 * i + 2] * Math.Pow(2, -48));
        }
        return Make(values, shape, type, device);
    }

    public static Tensor Make(double[] values, Shape shape, DType type, Device? device = null) => type switch
    {
        DType.F32 => Tensor.From(Array.ConvertAll(values, value => (float)value), shape, device),
        _ => Tensor.From(values, shape, device),
    };

    /// <summary>The elements of any type, as doubles.</summary>
    public static double[] Doubles(Tensor x) => x.Type switch
    {
        DType.F32 => Array.ConvertAll(x.ToArray<float>(), value => (double)value),
        DType.F64 => x.ToArray<double>(),
        DType.I32 => Array.ConvertAll(x.ToArray<int>(), value => (double)value),
        _ => Array.ConvertAll(x.ToArray<byte>(), value => (double)value),
    };

    /// <summary>Every bit of every element is equal; all NaN are one.</summary>
    public static void SameBits(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.True(expected.Shape == actual.Shape, $"{what}: shape {actual.Shape}, expected {expected.Shape}");
        SameBits(Doubles(expected), Doubles(actual), what);
    }

    public static void SameBits(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual))) return;
        for (int i = 0; i < expected.Length; i++)
        {
            if (double.IsNaN(expected[i]) && double.IsNaN(actual[i])) continue;
            if (BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i])) continue;
            Assert.Fail(
                string.Create(CultureInfo.InvariantCulture, $"{what}: element {i} is {actual[i]:R}, expected the bits of {expected[i]:R}"));
        }
    }

    /// <summary>|actual − expected| ≤ bound(i) for every element; NaN and infinities must be equal.</summary>
    public static void Close(Tensor expected, Tensor actual, Func<int, double> bound, string what)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: shape {actual.Shape}, expected {expected.Shape}");
        Close(Doubles(expected), Doubles(actual), bound, what);
    }

    public static void Close(double[] expected, double[] actual, Func<int, double> bound, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool good = double.IsFinite(expected[i]) && double.IsFinite(actual[i])
                ? Math.Abs(actual[i] - expected[i]) <= bound(i)
                : expected[i].Equals(actual[i]);
            if (good) continue;
            Assert.Fail(string.Create(CultureInfo.InvariantCulture,
                $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}, "
                + $"off by {Math.Abs(actual[i] - expected[i]):G3}, bound {bound(i):G3}"));
        }
    }

    /// <summary>
    /// Holds a sum of products to count · ε · Σ|a||b|: the standard bound of a sum in any order, plus the rounding of
    /// the result (Higham, Accuracy and Stability, 3.1).
    /// </summary>
    public static void CloseProducts(Tensor expected, Tensor actual, Tensor sizes, int count, string what)
    {
        double[] sum = Doubles(sizes);
        double unit = (count + 1) * Epsilon(actual.Type);
        Close(expected, actual, i => unit * sum[i], what);
    }

    public static double[] Absolute(double[] values) => Array.ConvertAll(values, Math.Abs);

    public static Tensor Absolute(Tensor x) => Make(Absolute(Doubles(x)), x.Shape, x.Type, x.Device);

    /// <summary>The layouts in which a kernel may meet a matrix: each has the shape asked for and different strides.</summary>
    public static IEnumerable<(string Name, Tensor View)> Layouts(int rows, int columns, DType type, double low, double high)
    {
        Tensor Draw(int m, int n) => Random([m, n], type, "layouts", low, high);
        yield return ("dense", Draw(rows, columns));
        yield return ("transposed", Draw(columns, rows).Transpose());
        yield return ("every second column", Draw(rows, 2 * columns + 1).Slice(1, 1, 2 * columns, 2));
        yield return ("every third row", Draw(3 * rows, columns).Slice(0, 2, null, 3));
        yield return ("flipped columns", Draw(rows, columns).Flip(1));
        yield return ("flipped both", Draw(rows, columns).Flip(1).Flip(0));
        yield return ("broadcast row", Draw(1, columns).BroadcastTo([rows, columns]));
        yield return ("broadcast column", Draw(rows, 1).BroadcastTo([rows, columns]));
        yield return ("broadcast scalar", Draw(1, 1).BroadcastTo([rows, columns]));
        yield return ("inner part", Draw(rows + 3, columns + 2).Slice(0, 2, rows + 2).Slice(1, 1, columns + 1));
    }
}
