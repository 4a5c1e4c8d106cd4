using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Results depend neither on the number of threads nor, for what is computed per example, on the rest of the batch.</summary>
[Collection(SerialCollection.Name)]
public sealed class SameBitsTests : IDisposable
{
    private const int Batch = 7;

    private readonly int former = Computing.Default.Threads;

    public void Dispose() => Computing.Default = Computing.Default with { Threads = former };

    /// <summary>Functions of a batch, example by example.</summary>
    private static readonly Dictionary<string, (int[] Example, Func<Tensor, Tensor> Apply)> PerExample = new()
    {
        ["exp"] = ([3001], x => x.Exp()),
        ["gelu of a view"] = ([40, 30], x => x.Transpose().Gelu()),
        ["matmul"] = ([300], x => x.MatMul(Draw(x, [300, 130]))),
        ["matmul of few columns"] = ([600], x => x.MatMul(Draw(x, [600, 3]))),
        ["matmul of matrices"] = ([30, 270], x => x.MatMul(Draw(x, [270, 40]))),
        ["attention"] = ([20, 16], x => Ops.Attention(x, x * 2, x + 1)),
        ["attention of heads"] = ([3, 20, 16], x => Ops.Attention(x, x * 2, x + 1)),
        ["self-attention"] = ([20, 96], x => x.SelfAttention(2)),
        ["gradient of self-attention"] = ([20, 96], x => Gradient.Of(y => y.SelfAttention(2).Square().Sum(), x)),
        ["conv2d"] = ([3, 20, 21], x => x.Conv2d(Draw(x, [9, 3, 3, 3]), ConvOptions.Square(pad: 1))),
        ["conv2d of many channels"] = ([64, 7, 7], x => x.Conv2d(Draw(x, [40, 64, 3, 3]), ConvOptions.Square(pad: 1))),
        ["conv2d in groups"] = ([6, 9, 9], x => x.Conv2d(Draw(x, [8, 3, 3, 3]), ConvOptions.Square(stride: 2, groups: 2))),
        ["conv2d 1 x 1"] = ([20, 12, 12], x => x.Conv2d(Draw(x, [30, 20, 1, 1]), new())),
        ["pools"] = ([4, 20, 20], x => x.MaxPool(3, 2, 1).AveragePool(2)),
        ["softmax"] = ([1000], x => x.Softmax(-1)),
        ["gradient of softmax"] = ([3, 1000], x => Gradient.Of(y => y.Softmax(-1).Square().Sum(), x)),
        ["log-sum-exp"] = ([3, 1000], x => x.LogSumExp(-1)),
        ["cross-entropy"] = ([1000], x => x.CrossEntropy([.. Enumerable.Repeat(7, x.Shape[0])], LossReduction.None)),
        ["layer-norm"] = ([12, 65], x => x.LayerNorm(null, null)),
        ["gradient of layer-norm"] = ([12, 65], x => Gradient.Of(y => y.LayerNorm(null, null).Square().Sum(), x)),
        ["transposed copy"] = ([37, 50], x => x.Transpose().Contiguous()),
        ["sum over all but the batch"] = ([50, 30, 11], x => x.Sum([1, 2, 3])),
        ["sum over outer axes"] = ([50, 30, 11], x => x.Sum([1, 2])),
        ["sum over inner axis"] = ([5, 40_000], x => x.Sum(2)),
        ["norm"] = ([70_000], x => x.NormL2([1])),
        ["max"] = ([900, 3], x => x.Max(1)),
        ["gradient of a network"] = ([3, 12, 12], InputGradient),
        ["Hessian of a network times its input"] = ([3, 12, 12], x => Hessian.Times(y => Losses(y).Sum(), x, x)),
        ["tangent of a network"] = ([3, 12, 12], x => Tangent.Of(Losses, x, x).Tangent),
    };

    public static TheoryData<string> Names => [.. PerExample.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ABatchEqualsItsExamplesOnAnyNumberOfThreads(string name)
    {
        (int[] example, Func<Tensor, Tensor> apply) = PerExample[name];
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor x = Numbers.Random([Batch, .. example], type, name);
            Computing.Default = Computing.Default with { Threads = 1 };
            Tensor expected = apply(x);
            foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 8])
            {
                Computing.Default = Computing.Default with { Threads = threads };
                string what = $"{name} {type} on {threads} threads";
                Numbers.SameBits(expected, apply(x), what);
                Numbers.SameBits(expected, Ops.Concat([apply(x.Slice(0, 0, 3)), apply(x.Slice(0, 3))], 0), what + ", split in two");
                Tensor[] single = [.. Enumerable.Range(0, Batch).Select(i => apply(x.Slice(0, i, i + 1)))];
                Numbers.SameBits(expected, Ops.Concat(single, 0), what + ", one by one");
                Numbers.SameBits(expected.Flip(0), apply(x.Flip(0)), what + ", in reverse");
            }
        }
    }

    [Fact]
    public void WeightGradientsDoNotDependOnTheNumberOfThreads()
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor x = Numbers.Random([37, 3, 12, 12], type, "images");
            Tensor[]? expected = null;
            foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 8])
            {
                Computing.Default = Computing.Default with { Threads = threads };
                Tensor[] leaves = [.. Weights(type).Select(w => w.Tracked())];
                Tensor[] gradients = Gradient.Of(Losses(x, leaves).Sum(), leaves);
                expected ??= gradients;
                for (int i = 0; i < gradients.Length; i++)
                {
                    Numbers.SameBits(expected[i], gradients[i], $"weight {i} {type} on {threads} threads");
                }
            }
        }
    }

    /// <summary>Filters and matrices are drawn once per shape, so every call meets the same.</summary>
    private static Tensor Draw(Tensor like, Shape shape) => Numbers.Random(shape, like.Type, "weights", -0.3, 0.3);

    private static Tensor[] Weights(DType type)
    {
        Tensor like = Tensor.Empty(Shape.Scalar, type);
        return [Draw(like, [8, 3, 3, 3]), Draw(like, [16, 8, 3, 3]), Draw(like, [64, 10])];
    }

    private static Tensor Losses(Tensor x) => Losses(x, Weights(x.Type));

    /// <summary>Convolution, pool, strided convolution, linear layer and loss, one number per example.</summary>
    private static Tensor Losses(Tensor x, Tensor[] w)
    {
        Tensor hidden = x.Conv2d(w[0], ConvOptions.Square(pad: 1)).Relu().MaxPool(2);
        Tensor features = hidden.Conv2d(w[1], ConvOptions.Square(stride: 2)).Silu().Flatten();
        // The label depends on the example alone, not on its place.
        return features.MatMul(w[2]).CrossEntropy([.. Enumerable.Repeat(4, x.Shape[0])], LossReduction.None);
    }

    private static Tensor InputGradient(Tensor x) => Gradient.Of(y => Losses(y).Sum(), x);
}
