namespace MiniGrad.Lab.Checks;

/// <summary>The differentiable operations by name, with the points at which <c>gradcheck</c> tries them.</summary>
internal static class GradCheckCatalog
{
    private static readonly Shape Small = [2, 3];
    private static readonly Shape Image = [2, 2, 5, 6];

    public static IReadOnlyList<GradCheckEntry> All { get; } =
        [.. Pointwise(), .. Pairs(), .. Reductions(), .. Movements(), .. Images(), .. Composed()];

    public static GradCheckEntry Find(string name) =>
        All.FirstOrDefault(entry => entry.Name == name) ?? throw new ArgumentException(
            "gradcheck: there is no operation "
            + $"\"{name}\"{(Suggestion.Nearest(name, All.Select(entry => entry.Name)) is { } near ? $"; did you mean \"{near}\"?" : ".")} "
            + $"Known: {string.Join(", ", All.Select(entry => entry.Name))}.");

    private static GradCheckEntry One(string name, Func<Tensor, Tensor> function, double low = -2, double high = 2) =>
        new(name, xs => function(xs[0]), low, high, [3, 5]);

    private static IEnumerable<GradCheckEntry> Pointwise() =>
    [
        One("abs", x => x.Abs()),
        One("affine", x => x.Affine(2, -3)),
        One("clamp", x => x.Clamp(-0.5, 0.7)),
        One("cos", x => x.Cos()),
        One("elu", x => x.Elu(0.7)),
        One("erf", x => x.Erf()),
        One("exp", x => x.Exp()),
        One("expm1", x => x.Expm1()),
        One("gelu", x => x.Gelu()),
        One("gelu-tanh", x => x.GeluTanh()),
        One("inverse-or-zero", x => x.InverseOrZero(), 0.5, 2),
        One("leaky-relu", x => x.LeakyRelu(0.1)),
        One("log", x => x.Log(), 0.5, 3),
        One("log1p", x => x.Log1p(), -0.5, 2),
        One("negate", x => x.Negate()),
        One("pow", x => x.Pow(2.5), 0.5, 2),
        One("relu", x => x.Relu()),
        One("rsqrt", x => x.Rsqrt(), 0.5, 3),
        One("safe-sqrt", x => x.SafeSqrt(), 0.5, 3),
        One("sigmoid", x => x.Sigmoid()),
        One("silu", x => x.Silu()),
        One("sin", x => x.Sin()),
        One("softplus", x => x.Softplus(3)),
        One("sqrt", x => x.Sqrt(), 0.5, 3),
        One("square", x => x.Square()),
        One("tanh", x => x.Tanh()),
    ];

    private static IEnumerable<GradCheckEntry> Pairs() =>
    [
        new("blend", xs => xs[0].Blend(0.5, xs[1], -2), -2, 2, Small, [3]),
        new("add", xs => xs[0] + xs[1], -2, 2, Small, [3]),
        new("divide", xs => xs[0] / xs[1], 0.5, 2, Small, [2, 1]),
        new("maximum", xs => xs[0].Maximum(xs[1]), -2, 2, Small, Small),
        new("minimum", xs => xs[0].Minimum(xs[1]), -2, 2, Small, Small),
        new("multiply", xs => xs[0] * xs[1], -2, 2, Small, [3]),
        new("pow2", xs => xs[0].Pow(xs[1]), 0.5, 2, Small, Small),
        new("subtract", xs => xs[0] - xs[1], -2, 2, [2, 1], Small),
        new("where", xs => Ops.Where(xs[0].Detach() > xs[1].Detach(), xs[0].Square(), xs[1].Exp()), -1, 1, Small, Small),
    ];

    private static IEnumerable<GradCheckEntry> Reductions() =>
    [
        new("log-softmax", xs => xs[0].LogSoftmax(1), -2, 2, [3, 4]),
        new("log-sum-exp", xs => xs[0].LogSumExp(1), -2, 2, [3, 4]),
        new("max", xs => xs[0].Max(1), -2, 2, [3, 4]),
        new("mean", xs => xs[0].Square().Mean(0), -2, 2, [3, 4]),
        new("min", xs => xs[0].Min(0), -2, 2, [3, 4]),
        new("norm-l1", xs => xs[0].NormL1([1]), -2, 2, [3, 4]),
        new("norm-l2", xs => xs[0].NormL2([1]), 0.5, 2, [3, 4]),
        new("norm-linf", xs => xs[0].NormLinf([1]), -2, 2, [3, 4]),
        new("softmax", xs => xs[0].Softmax(1), -2, 2, [3, 4]),
        new("sum", xs => xs[0].Exp().Sum([0, 2]), -1, 1, [2, 3, 2]),
    ];

    private static IEnumerable<GradCheckEntry> Movements() =>
    [
        new("broadcast", xs => xs[0].BroadcastTo([3, 2, 4]).Square(), -2, 2, [2, 1]),
        new("concat", xs => Ops.Concat([xs[0], xs[1].Square()], 1), -2, 2, [2, 3], [2, 2]),
        new("contiguous", xs => xs[0].Transpose().Contiguous().Square(), -2, 2, Small),
        new("flip", xs => xs[0].Flip(1).Square(), -2, 2, Small),
        new("gather", xs => xs[0].Gather(1, Tensor.From([0, 2, 2, 1], [2, 2], xs[0].Device)).Square(), -2, 2, Small),
        new("pad-edge", xs => xs[0].PadEdge(1, 0, 2, 1).Square(), -2, 2, [1, 1, 3, 4]),
        new("pad-reflect", xs => xs[0].PadReflect(1, 0, 2, 1).Square(), -2, 2, [1, 1, 3, 4]),
        new("pad-zero", xs => xs[0].PadZero(1, 0, 2, 1).Square(), -2, 2, [1, 1, 3, 4]),
        new("permute", xs => xs[0].Permute(2, 0, 1).Square(), -2, 2, [2, 3, 2]),
        new("reshape", xs => xs[0].Reshape(3, 2).Square(), -2, 2, Small),
        new("scatter-add", xs => xs[0].ScatterAdd(1, Tensor.From([0, 3, 3, 1, 1, 1], [2, 3], xs[0].Device), 4).Square(), -2, 2, Small),
        new("slice", xs => xs[0].Slice(1, 0, 5, 2).Square(), -2, 2, [2, 5]),
        new("stack", xs => Ops.Stack([xs[0], xs[1].Square()], 1), -2, 2, Small, Small),
    ];

    private static IEnumerable<GradCheckEntry> Images() =>
    [
        new("adaptive-average-pool", xs => xs[0].AdaptiveAveragePool(2, 3).Square(), -2, 2, Image),
        new("average-pool", xs => xs[0].AveragePool(3, stride: 2, pad: 1).Square(), -2, 2, Image),
        new("bilinear-sample", xs => xs[0].BilinearSample(xs[1] * 3, xs[2] * 3), 0.1, 1.2, [1, 2, 4, 5], [1, 2, 3], [1, 2, 3]),
        new("blur-pool", xs => xs[0].BlurPool(4).Square(), -2, 2, Image),
        new("conv2d", xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1)), -1, 1, [2, 2, 5, 4], [3, 2, 3, 3]),
        new("conv2d-dilated", xs => xs[0].Conv2d(xs[1], ConvOptions.Square(dilation: 2)), -1, 1, [1, 2, 6, 5], [2, 2, 3, 2]),
        new("conv2d-groups", xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1, groups: 2)), -1, 1, [1, 4, 4, 4], [4, 2, 3, 3]),
        new("conv2d-relu", xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1), xs[2], xs[3], relu: true),
            -1, 1, [2, 2, 4, 3], [3, 2, 3, 3], [3], [2, 3, 4, 3]),
        new("conv2d-strided", xs => xs[0].Conv2d(xs[1], ConvOptions.Square(stride: 2, pad: 1)), -1, 1, [2, 2, 5, 6], [2, 2, 3, 3]),
        new("max-pool", xs => xs[0].MaxPool(2).Square(), -2, 2, Image),
        new("max-pool-padded", xs => xs[0].MaxPool(3, stride: 2, pad: 1).Square(), -2, 2, Image),
    ];

    private static IEnumerable<GradCheckEntry> Composed() =>
    [
        new("attention", xs => Ops.Attention(xs[0], xs[1], xs[2]), -1, 1, [1, 3, 2], [1, 3, 2], [1, 3, 2]),
        new("batch-norm", xs => xs[0].BatchNorm(xs[1], xs[2], xs[3], xs[4]), 0.5, 2, [2, 2, 2, 3], [2], [2], [2], [2]),
        new("batch-norm-training", xs => xs[0].BatchNormTraining(xs[1], xs[2]).Output, -1, 1, [3, 2, 2, 2], [2], [2]),
        new("channel-affine", xs => xs[0].ChannelAffine(xs[1], xs[2]), -2, 2, [2, 2, 2, 3], [2], [2]),
        new("channel-affine-relu", xs => xs[0].ChannelAffine(xs[1], xs[2], relu: true), -2, 2, [2, 2, 2, 3], [2], [2]),
        new("cross-entropy", xs => xs[0].CrossEntropy([2, 0, 3], LossReduction.None), -2, 2, [3, 4]),
        new("cross-entropy-targets", xs => xs[0].CrossEntropy(xs[1].Softmax(1)), -2, 2, [3, 4], [3, 4]),
        new("dropout", xs => xs[0].Square().Dropout(0.4, new Rng(3)), -2, 2, [3, 4]),
        new("layer-norm", xs => xs[0].LayerNorm(xs[1], xs[2]), -2, 2, [3, 4], [4], [4]),
        new("linear", xs => xs[0].Linear(xs[1], xs[2]), -1, 1, [3, 4], [5, 4], [5]),
        new("linear-relu", xs => xs[0].Linear(xs[1], xs[2], relu: true), -1, 1, [3, 4], [5, 4], [5]),
        new("matmul", xs => xs[0].MatMul(xs[1]), -1, 1, [2, 3, 4], [2, 4, 2]),
        new("self-attention", xs => xs[0].SelfAttention(2), -1, 1, [1, 3, 12]),
    ];
}
