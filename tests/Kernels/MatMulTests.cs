using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Packed products against the reference, at every size near a tile, a block and a run of depth.</summary>
public class MatMulTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryTileEdge(DType type)
    {
        for (int m = 1; m <= 40; m++)
        {
            for (int n = 1; n <= 40; n++) Check(type, [m, 1 + (7 * m + 3 * n) % 11], n);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryDepth(DType type)
    {
        for (int k = 0; k <= 600; k++) Check(type, [3 + k % 5, k], 5 + k % 23);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryBlockEdge(DType type)
    {
        foreach ((int m, int k, int n) in (ReadOnlySpan<(int, int, int)>)[
            (95, 20, 511), (96, 20, 512), (97, 20, 513), (193, 260, 33), (6, 300, 1030), (1, 257, 1), (0, 3, 4), (4, 3, 0)])
        {
            Check(type, [m, k], n);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryPairOfLayouts(DType type)
    {
        foreach ((int m, int k, int n) in (ReadOnlySpan<(int, int, int)>)[(5, 3, 4), (13, 19, 37), (1, 270, 18), (7, 1, 1)])
        {
            foreach ((string left, Tensor a) in Numbers.Layouts(m, k, type, -1, 1))
            {
                foreach ((string right, Tensor b) in Numbers.Layouts(k, n, type, -1, 1)) Check(a, b, $"{left} @ {right}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void BatchesBroadcast(DType type)
    {
        Tensor a = Numbers.Random([3, 1, 9, 20], type, "a");
        Tensor b = Numbers.Random([4, 20, 17], type, "b");
        Check(a, b, "batches");
        Check(a.Slice(0, -1, null, -2), b.Permute(0, 1, 2).Flip(0), "flipped batches");
        Check(a, b.Slice(0, 1, 2), "one of a batch");
        Check(a.Slice(0, 0, 0), b, "empty batch");
    }

    [Fact]
    public void NaNAndInfinityReachTheirRowAndColumnOnly()
    {
        double[] values = new double[49];
        Array.Fill(values, 1);
        values[2 * 7 + 3] = double.NaN;
        values[4 * 7 + 1] = double.PositiveInfinity;
        Tensor product = Tensor.From(values, [7, 7]).MatMul(Ops.Ones([7, 20], DType.F64));
        double[] result = product.ToArray<double>();
        for (int i = 0; i < result.Length; i++)
        {
            Assert.Equal((i / 20) switch { 2 => double.NaN, 4 => double.PositiveInfinity, _ => 7 }, result[i]);
        }
    }

    [Fact]
    public void ErrorsNameBothShapes()
    {
        string message = Assert.Throws<ArgumentException>(() => Ops.Ones([8, 128]).MatMul(Ops.Ones([64, 10]))).Message;
        Assert.Equal("matmul: inner sizes differ: [8, 128] @ [64, 10] (128 vs 64). Transpose or reshape one side.", message);
        message = Assert.Throws<ArgumentException>(() => Ops.Ones([2, 3, 4]).MatMul(Ops.Ones([5, 4, 3]))).Message;
        Assert.Contains("[2]", message, StringComparison.Ordinal);
        Assert.Contains("[5]", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => Ops.Ones([2, 3]).MatMul(Ops.Ones([3, 2], DType.F64))).Message;
        Assert.Contains("F32 and F64", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Ops.Ones([2]).MatMul(Ops.Ones([2, 2])));
    }

    private static void Check(DType type, Shape left, int n) =>
        Check(Numbers.Random(left, type, "left"), Numbers.Random([left[1], n], type, "right"), $"{type} {left} @ {n}");

    private static void Check(Tensor a, Tensor b, string what)
    {
        Tensor left = a.To(Device.Reference);
        Tensor right = b.To(Device.Reference);
        Tensor sizes = Numbers.Absolute(left).MatMul(Numbers.Absolute(right));
        Numbers.CloseProducts(left.MatMul(right), a.MatMul(b), sizes, a.Shape[-1], what);
    }
}
