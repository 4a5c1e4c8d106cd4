using MiniGrad.Kernels;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Products under every epilogue, at the edges of tiles and of runs of depth, in every layout of the factors.</summary>
public class MatMulEpilogueTests
{
    public static TheoryData<DType> Types => [DType.F32, DType.F64];

    [Theory]
    [MemberData(nameof(Types))]
    public void OneRowAtEveryWidth(DType type)
    {
        foreach (int k in (ReadOnlySpan<int>)[0, 1, 2, 17, 511, 512, 513, 1025])
        {
            for (int n = 1; n <= 200; n += k < 100 ? 1 : 7)
            {
                Check(Numbers.Random([1, 1, 1, k], type, "a"), Numbers.Random([1, 1, k, n], type, "b"), "one row");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryHeight(DType type)
    {
        for (int m = 1; m <= 30; m++)
        {
            foreach ((int k, int n) in (ReadOnlySpan<(int, int)>)[(5, 1), (9, 31), (513, 33), (20, 129)])
            {
                Check(Numbers.Random([1, 1, m, k], type, "a"), Numbers.Random([1, 1, k, n], type, "b"), "rows");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void HeadsWhereTheyLie(DType type)
    {
        foreach ((int tokens, int heads, int size) in (ReadOnlySpan<(int, int, int)>)[(1, 3, 5), (7, 2, 16), (17, 3, 9), (33, 2, 40)])
        {
            Tensor q = Numbers.Random([2, tokens, heads, size], type, "q").Permute(0, 2, 1, 3);
            Tensor k = Numbers.Random([2, tokens, heads, size], type, "k").Permute(0, 2, 1, 3);
            Check(q, k.Transpose(), "scores of heads");
            Check(q.Transpose(), k, "products of heads over tokens");
            Check(q.Flip(1), k.Transpose().Flip(3), "flipped heads");
            Check(q.Slice(0, 0, 1).BroadcastTo(q.Shape), k.Transpose(), "one query for a batch");
        }
    }

    /// <summary>Kept panels and fresh ones, for a matrix and its transpose.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void WeightsThatAreKept(DType type)
    {
        foreach ((int m, int k, int n) in (ReadOnlySpan<(int, int, int)>)[
            (1, 64, 10), (1, 513, 130), (15, 40, 65), (29, 1025, 33), (3, 1, 1)])
        {
            Tensor a = Numbers.Random([1, 1, m, k], type, "a");
            foreach (Tensor b in (ReadOnlySpan<Tensor>)[
                Numbers.Random([1, 1, k, n], type, "b"), Numbers.Random([1, 1, n, k], type, "b").Transpose(),
                Numbers.Random([1, 1, k + 2, n + 3], type, "b").Slice(2, 1, k + 1).Slice(3, 2, n + 2)])
            {
                b.Storage.IsReused = true;
                Check(a, b, "kept panels");
            }
        }
    }

    private static void Check(Tensor a, Tensor b, string what)
    {
        (int k, int n) = (a.Shape[3], b.Shape[3]);
        Shape shape = [a.Shape[0], a.Shape[1], a.Shape[2], n];
        (Tensor left, Tensor right) = (Numbers.Make(Numbers.Doubles(a), a.Shape, DType.F64, Device.Reference), Numbers.Make(
            Numbers.Doubles(b), b.Shape, DType.F64, Device.Reference));
        Tensor exact = Tensor.Empty(shape, DType.F64, Device.Reference);
        Tensor sizes = Tensor.Empty(shape, DType.F64, Device.Reference);
        Backend.For(Device.Reference).MatMul(left.View, right.View, default, exact.View);
        Backend.For(Device.Reference).MatMul(Numbers.Absolute(left).View, Numbers.Absolute(right).View, default, sizes.View);
        double[] bounds = Array.ConvertAll(Numbers.Doubles(sizes), size => (k + 1) * Numbers.Epsilon(a.Type) * size);
        EpilogueCheck.Every(shape, a.Type, Numbers.Doubles(exact), i => bounds[i], n, i => i % n,
            (epilogue, y) => Backend.For(Device.Cpu).MatMul(a.View, b.View, epilogue, y), $"{what} {a.Type} {a.Shape} @ {b.Shape}");
    }
}
