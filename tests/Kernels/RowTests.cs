using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// What works row by row: softmax, log-sum-exp and cross-entropy, normalisation; every
/// length against the reference, and extreme rows.
/// </summary>
public class RowTests
{
    private const int Rows = 3;

    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    private static readonly (string Name, double Ulps, Func<Tensor, Tensor> Apply)[] Functions =
    [
        ("softmax", 8, x => x.Softmax(-1)),
        ("scaled softmax", 8, x => SoftmaxRows.Of(0.125, x)),
        ("log-softmax", 16, x => x.LogSoftmax(-1)),
        ("log-sum-exp", 8, x => x.LogSumExp(-1)),
        ("cross-entropy", 16, x => x.CrossEntropy(Labels(x), LossReduction.None)),
        ("layer-norm", 32, x => x.LayerNorm(Numbers.Random([x.Shape[1]], x.Type, "scale", device: x.Device),
            Numbers.Random([x.Shape[1]], x.Type, "shift", device: x.Device))),
        ("slope of softmax", 32, x => Slope(x, y => y.Softmax(-1))),
        ("slope of log-sum-exp", 16, x => Slope(x, y => y.LogSumExp(-1))),
        ("slope of cross-entropy", 16, x => Slope(x, y => y.CrossEntropy(Labels(y), LossReduction.None))),
        ("slope of layer-norm", 64, x => Slope(x, y => y.LayerNorm(Numbers.Random([x.Shape[1]], x.Type, "scale", device: x.Device), null))),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryLength(DType type)
    {
        for (int n = 1; n <= 67; n++)
        {
            Tensor x = Numbers.Random([Rows, n], type, "rows", -4, 4);
            foreach ((string name, double ulps, Func<Tensor, Tensor> apply) in Functions)
            {
                string what = $"{name} {type} of rows of {n}";
                Tensor expected = apply(x.To(Device.Reference));
                double unit = type == DType.F64 ? 1e-13 : ulps * Numbers.Epsilon(type);
                Numbers.Close(expected, apply(x), _ => 4 * unit, what);
                Numbers.SameBits(apply(x), apply(Numbers.Make(Numbers.Doubles(x.Transpose()), [n, Rows], type).Transpose()),
                    what + ", transposed");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ExtremeRows(DType type)
    {
        double huge = type == DType.F32 ? 3e38 : 1e308;
        (double inf, double nan) = (double.PositiveInfinity, double.NaN);
        double[][] rows =
        [
            [huge, huge / 2, -huge], [-huge, -huge, -huge], [1000, 999, -1000],
            [-inf, -inf, -inf], [-inf, 1, 2], [inf, 1, -inf], [nan, 1, 2], [1, 2, nan],
            [0, -inf, -90], [0, 0, 0],
        ];
        foreach (int n in (ReadOnlySpan<int>)[3, 8, 9, 19, 33])
        {
            // Each row's three values, then the middle one again and again.
            Tensor x = Numbers.Make([.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(row[1], n - 3)))], [rows.Length, n], type);
            foreach ((string name, double ulps, Func<Tensor, Tensor> apply) in Functions)
            {
                // A mean of values near the limit overflows in floats and not in the reference's doubles.
                if (name.EndsWith("layer-norm", StringComparison.Ordinal)) continue;
                double[] expected = Numbers.Doubles(apply(x.To(Device.Reference)));
                double unit = type == DType.F64 ? 1e-13 : ulps * Numbers.Epsilon(type);
                Numbers.Close(expected, Numbers.Doubles(apply(x)),
                    i => 4 * unit * Math.Max(1, Math.Abs(expected[i])), $"{name} {type} of extreme rows of {n}");
            }
        }
    }

    [Fact]
    public void InfiniteRowsAsBefore()
    {
        Tensor x = Tensor.From(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity, 3).Reshape(2, 2);
        Assert.Equal([double.NaN, double.NaN, 0, 1], x.Softmax(1).ToArray<double>());
        Assert.Equal([double.NegativeInfinity, 3], x.LogSumExp(1).ToArray<double>());
        Assert.Equal([1.0, 1], Tensor.From(7.0, -7).Reshape(2, 1).Softmax(1).ToArray<double>());
        Assert.Equal([0.0, 0], Tensor.From(7.0, -7).Reshape(2, 1).LayerNorm(null, null).ToArray<double>());
    }

    /// <summary>softmax − 1 would be 0 in floats where the label is nearly certain; the gradient an attack follows is not.</summary>
    [Fact]
    public void ANearlyCertainLabelKeepsItsGradient()
    {
        Tensor x = Tensor.From(25f, 0, 0).Reshape(1, 3);
        float[] g = Gradient.Of(y => y.CrossEntropy([0]), x).ToArray<float>();
        double other = Math.Exp(-25) / (1 + 2 * Math.Exp(-25));
        // The sum of the exponentials, about 1, is a double.
        Assert.Equal(-2 * other, g[0], Numbers.Epsilon(DType.F64));
        Assert.Equal(other, g[1], Numbers.Epsilon(DType.F32) * other);
    }

    [Fact]
    public void RowsWithoutElementsAreRefused()
    {
        Tensor x = Ops.Ones([2, 0]);
        foreach (Func<Tensor> call in (Func<Tensor>[])[() => x.Softmax(1), () => x.LogSumExp(1), () => x.LayerNorm(null, null)])
        {
            Assert.Contains("[2, 0]", Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
        }
        Assert.Contains("[5] for [2, 4]",
            Assert.Throws<ArgumentException>(() => Ops.Ones([2, 4]).LayerNorm(Ops.Ones([5]), null)).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of 12",
            Assert.Throws<ArgumentException>(() => Ops.Ones([2, 3, 8]).SelfAttention(4)).Message, StringComparison.Ordinal);
    }

    /// <summary>Every 1 009th float from −110 to 95, subnormal results among them.</summary>
    [Fact]
    public void ExponentialsOfFloatsAreWithinOneUnit()
    {
        List<float> values = [];
        for (uint bits = 0; bits < BitConverter.SingleToUInt32Bits(110); bits += 1009)
        {
            float x = BitConverter.UInt32BitsToSingle(bits);
            values.Add(-x);
            if (x < 95) values.Add(x);
        }
        float[] y = Tensor.From(values.ToArray()).Exp().ToArray<float>();
        for (int i = 0; i < y.Length; i++)
        {
            double exact = Math.Exp(values[i]);
            double unit = Math.Max(exact * Math.Pow(2, -23), float.Epsilon);
            Assert.True(Math.Abs(y[i] - exact) <= unit || ((float)exact).Equals(y[i]),
                $"exp of {values[i]:R} is {y[i]:R}, exactly {exact:R}");
        }
    }

    /// <summary>Transposes go block by block: sizes around a block, strided and with planes before, between and after.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void EveryTransposeIsACopy(DType type)
    {
        foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(1, 40), (15, 16), (16, 15), (17, 33), (64, 197)])
        {
            Tensor x = Numbers.Random([2, rows, 3, columns], type, "transposes");
            foreach (int[] order in (int[][])[[0, 3, 2, 1], [3, 0, 2, 1], [1, 3, 0, 2], [2, 0, 3, 1], [3, 2, 1, 0]])
            {
                foreach (Tensor view in (Tensor[])[x.Permute(order), x.Flip(1).Permute(order), x.Flip(3).Permute(order)])
                {
                    Numbers.SameBits(view.To(Device.Reference).Contiguous(), view.Contiguous(),
                        $"{type} [2, {rows}, 3, {columns}] by {string.Join(", ", order)}");
                }
            }
        }
    }

    private static int[] Labels(Tensor x) => [.. Enumerable.Range(0, x.Shape[0]).Select(i => (i + 1) % x.Shape[1])];

    /// <summary>The adjoint at a fixed seed.</summary>
    private static Tensor Slope(Tensor x, Func<Tensor, Tensor> f)
    {
        Tensor leaf = x.Tracked();
        Tensor y = f(leaf);
        return Gradient.Of(y, leaf, Numbers.Random(y.Shape, y.Type, "seed", device: y.Device));
    }
}
