using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Sums, maxima and their positions over every axis of every layout.</summary>
public class ReduceTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryAxisOfEveryLayout(DType type)
    {
        foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(1, 1), (5, 7), (3, 1025), (1030, 3), (2, 513), (1, 64), (33, 1)])
        {
            foreach ((string name, Tensor x) in Numbers.Layouts(rows, columns, type, -1, 1))
            {
                string what = $"{type} [{rows}, {columns}] {name}";
                Tensor dense = Numbers.Make(Numbers.Doubles(x), x.Shape, type);
                Tensor reference = x.To(Device.Reference);
                foreach (int[] axes in (int[][])[[0], [1], [0, 1]])
                {
                    Tensor sum = x.Sum(axes);
                    Numbers.SameBits(dense.Sum(axes), sum, "sum " + what);
                    // Both add in double and round once; for F64 the order differs.
                    double n = dense.Count;
                    double[] sizes = Numbers.Doubles(reference.Abs().Sum(axes));
                    Numbers.Close(reference.Sum(axes), sum,
                        i => Numbers.Epsilon(type) * sizes[i] * (type == DType.F64 ? n : 1), "sum " + what);
                    Numbers.SameBits(reference.Max(axes), x.Max(axes), "max " + what);
                    Numbers.SameBits(reference.Min(axes, keepDims: true), x.Min(axes, keepDims: true), "min " + what);
                }
                foreach (int axis in (ReadOnlySpan<int>)[0, 1]) Numbers.SameBits(reference.ArgMax(axis), x.ArgMax(axis), "argmax " + what);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryLength(DType type)
    {
        for (int n = 0; n <= 257; n++)
        {
            Tensor x = Numbers.Random([n], type, "length");
            double exact = Numbers.Doubles(x).Sum();
            Assert.Equal(exact, x.Sum().Item(), (type == DType.F64 ? 1e-13 : 1e-6) * (1 + n));
            if (n == 0) continue;
            Assert.Equal(Numbers.Doubles(x).Max(), x.Max().Item());
            Assert.Equal(Array.IndexOf(Numbers.Doubles(x), Numbers.Doubles(x).Max()), x.ArgMax(0).Item());
        }
    }

    [Fact]
    public void ALongSumKeepsItsPrecision()
    {
        // 1 + 2⁻²⁰ over 3 000 000 elements: a float accumulator would lose the small part after a few thousand.
        const int n = 3_000_000;
        float[] values = new float[n];
        Array.Fill(values, 1 + 1f / (1 << 20));
        double exact = n * (1 + 1.0 / (1 << 20));
        Assert.Equal((float)exact, Tensor.From(values).Sum().Item());
        Assert.Equal((float)exact, Tensor.From(values, [1000, 3000]).Transpose().Sum().Item());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void NaNAndInfinityPassThrough(DType type)
    {
        for (int n = 1; n <= 40; n++)
        {
            for (int at = 0; at < n; at += 3)
            {
                foreach (double special in (ReadOnlySpan<double>)[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
                {
                    double[] values = [.. Enumerable.Range(0, n).Select(i => i == at ? special : i % 5)];
                    foreach (Tensor x in (Tensor[])[
                        Numbers.Make(values, [n, 1], type), Numbers.Make([.. values.SelectMany(v => new[] { v, 1 })], [n, 2], type)])
                    {
                        Tensor reference = x.To(Device.Reference);
                        Numbers.SameBits(reference.Sum(0), x.Sum(0), $"sum of {n}, {special} at {at}");
                        Numbers.SameBits(reference.Max(0), x.Max(0), $"max of {n}, {special} at {at}");
                        Numbers.SameBits(reference.ArgMax(0), x.ArgMax(0), $"argmax of {n}, {special} at {at}");
                    }
                }
            }
        }
    }

    [Fact]
    public void TheFirstOfEqualMaximaWins()
    {
        Tensor x = Tensor.From(3.0f, 5, 5, 1, 5);
        Assert.Equal(1, x.ArgMax(0).Item());
        Assert.Equal(0, Tensor.From(float.NegativeInfinity, float.NegativeInfinity).ArgMax(0).Item());
        Assert.Equal(2, Tensor.From(1, float.PositiveInfinity, float.NaN, float.NaN).ArgMax(0).Item());
    }

    [Fact]
    public void EmptyAxes()
    {
        Tensor x = Ops.Ones([3, 0, 2]);
        Assert.Equal(new float[6], x.Sum(1).ToArray<float>());
        Assert.Equal(new Shape(3, 0), x.Sum(2).Shape);
        Assert.Contains("[3, 0, 2]", Assert.Throws<ArgumentException>(() => x.Max(1)).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 0, 2]", Assert.Throws<ArgumentException>(() => x.ArgMax(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LogSumExpOfInfinities()
    {
        Tensor x = Tensor.From(double.NegativeInfinity, double.NegativeInfinity, 1,
            double.PositiveInfinity, 1, double.NegativeInfinity, double.NaN, 1).Reshape(4, 2);
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity, 1, double.NaN], x.LogSumExp(1).ToArray<double>());
        Assert.Equal([1.0, 0], x.Slice(0, 2, 3).Softmax(1).ToArray<double>());
    }
}
