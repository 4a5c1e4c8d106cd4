using Exact = MiniGrad.Tests.Autograd.ExactFunctions;

namespace MiniGrad.Tests.Autograd;

internal static partial class OpTable
{
    private static readonly int[] Positions = [2, 0, 1, 1, 2, 2, 0, 1];

    /// <summary>Positions along an axis of size 3.</summary>
    private static Tensor Index(Shape shape, Device device) =>
        Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(i => Positions[i % Positions.Length])], shape, device);

    private static Tensor Mask(Shape shape, Device device) =>
        Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(i => Positions[i % Positions.Length] == 1)], shape, device);

    private static OpRow One(string name, Shape shape, Func<Tensor, Tensor> apply, params string[] covers) =>
        new(name, [shape], xs => apply(xs[0])) { Covers = covers };

    private static OpRow[] Views() =>
    [
        One("reshape", [2, 3, 4], x => x.Transpose().Reshape(6, -1), nameof(Reshape)),
        One("flatten and squeeze", [2, 1, 3], x => x.Squeeze(1).Unsqueeze(-1).Flatten(), nameof(Reshape)),
        One("permute", [2, 3, 4], x => x.Permute(2, 0, 1), nameof(Permute)),
        One("broadcast", [3, 1], x => x.BroadcastTo([2, 3, 4]), nameof(BroadcastTo)),
        One("contiguous", [3, 4], x => x.Transpose().Contiguous(), nameof(Contiguous)),
        One("slice", [3, 7], x => x.Slice(1, 1, 6, 2), nameof(Slice)),
        One("slice backwards", [5, 4], x => x.Slice(0, -1, null, -2).Flip(1), nameof(Slice)),
        One("at", [3, 4], x => x.At(0, -2), nameof(Slice)),
        One("embed", [2, 3], x => new Embed([5, 7], [new(4, 2, -3), new(1, 3, 2)]).Apply(x), nameof(Embed)),
        One("pad-zero", [2, 2, 3], x => x.PadZero(1, 0, 2, 1), nameof(Embed)),
        One("pad-reflect", [2, 3, 4], x => x.PadReflect(2, 1, 0, 3), nameof(Gather)),
        One("pad-edge", [2, 3, 4], x => x.PadEdge(0, 2, 3, 1), nameof(Gather)),
        One("gather", [2, 3, 2], x => x.Gather(1, Index([2, 4, 2], x.Device)), nameof(Gather)),
        One("scatter-add", [4, 2], x => x.ScatterAdd(0, Index([4, 2], x.Device), 3), nameof(ScatterAdd)),
        One("take-indices", [3, 2], x => x.TakeIndices(0, [2, 0, 2]), nameof(Gather)),
        One("identity", [3], x => x.Tracked(), "Identity"),
        new("concat", [[2, 1, 2], [2, 3, 2], [2, 2, 2]], xs => Ops.Concat(xs, 1)) { Covers = [nameof(Concat)] },
        new("stack", [[2, 2], [2, 2]], xs => Ops.Stack(xs, -1)) { Covers = [nameof(Concat)] },
        new("where", [[3, 4], [4]], xs => Ops.Where(Mask([3, 1], xs[0].Device), xs[0], xs[1])) { Covers = [nameof(Where)] },
        // Rounding to F32 hides a difference quotient; GraphTests checks the derivative.
        One("cast", [3, 4], x => x.Cast(x.Type == DType.F64 ? DType.F32 : DType.F64).Cast(x.Type), nameof(Cast)) with { Orders = 0 },
        One("dropout", [5, 4], x => x.Dropout(0.3, new Rng(5))),
    ];

    private static OpRow[] Sums() =>
    [
        One("sum", [3, 4], x => x.Sum(), nameof(Sum)) with { Ulps = 1, Magnitude = 24 },
        One("sum of outer and inner axis", [2, 3, 4], x => x.Sum([0, -1]), nameof(Sum)) with { Magnitude = 16 },
        One("sum of columns", [3, 4], x => x.Sum(0, keepDims: true), nameof(Sum)) with { Magnitude = 6 },
        One("mean", [3, 4], x => x.Mean(1), nameof(Sum)) with { Magnitude = 2 },
        One("amax", [3, 5], x => x.Max(1), nameof(Max)) with { Distinct = true },
        One("amax of columns", [2, 3, 2], x => x.Max([0, 1], keepDims: true), nameof(Max)) with { Distinct = true },
        One("amin", [3, 5], x => x.Min(0), nameof(Max)) with { Distinct = true },
        One("argmax", [3, 5], x => x.ArgMax(1).Cast(x.Type)) with { Distinct = true },
        One("norm-l1", [3, 4], x => x.NormL1([1])) with { KinkDistance = Exact.From(0) },
        One("norm-l2", [3, 4], x => x.NormL2([0])),
        One("norm-linf", [3, 4], x => x.NormLinf([1], keepDims: true)) with { Distinct = true, Low = 0.2 },
        One("log-sum-exp", [3, 4], x => x.LogSumExp(1), nameof(LogSumExpRows)) with { Ulps = 8, Magnitude = 2 },
        One("log-sum-exp of outer and inner axis", [2, 3, 4], x => x.LogSumExp([0, 2], keepDims: true), nameof(LogSumExpRows)) with
        {
            Ulps = 8,
            Magnitude = 2,
        },
        new("log-sum-exp-adjoint", [[3, 21], [3]], xs => LogSumExpRowsAdjoint.Of(xs[0], null, xs[1]))
        {
            Covers = [nameof(LogSumExpRowsAdjoint)],
            Ulps = 8,
        },
        One("softmax", [3, 4], x => x.Softmax(1), nameof(SoftmaxRows)) with { Ulps = 8 },
        One("softmax of longer rows", [2, 3, 21], x => x.Softmax(-1), nameof(SoftmaxRows)) with { Ulps = 8 },
        One("softmax of columns", [3, 4], x => x.Softmax(0), nameof(SoftmaxRows)) with { Ulps = 8 },
        One("softmax of multiples", [3, 5], x => SoftmaxRows.Of(0.3, x), nameof(SoftmaxRows)) with { Ulps = 8 },
        new("softmax-adjoint", [[3, 21], [3, 21]], xs => SoftmaxRowsAdjoint.Of(0.7, xs[0], xs[1]))
        {
            Covers = [nameof(SoftmaxRowsAdjoint)],
            Ulps = 8,
            Magnitude = 64,
        },
        One("log-softmax", [3, 4], x => x.LogSoftmax(-1)) with { Ulps = 8, Magnitude = 4 },
        new("matmul", [[3, 4], [4, 5]], xs => xs[0].MatMul(xs[1])) { Covers = [nameof(MatMul)], Products = 4 },
        new("matmul of transposed", [[4, 3], [5, 4]], xs => xs[0].Transpose().MatMul(xs[1].Transpose()))
        {
            Covers = [nameof(MatMul)],
            Products = 4,
        },
        new("linear", [[3, 4], [5, 4], [5]], xs => xs[0].Linear(xs[1], xs[2])) { Covers = [nameof(LinearMap)], Products = 5 },
        new("linear with relu", [[2, 3, 4], [5, 4], [5]], xs => xs[0].Linear(xs[1], xs[2], relu: true))
        {
            Covers = [nameof(LinearMap)],
            Products = 5,
        },
        new("matmul of heads", [[2, 3, 4, 5], [2, 3, 4, 5]], xs => xs[0].Permute(0, 2, 1, 3).MatMul(xs[1].Permute(0, 2, 3, 1)))
        {
            Covers = [nameof(MatMul)],
            Products = 5,
        },
        new("matmul of batches", [[2, 1, 3, 4], [3, 4, 2]], xs => xs[0].MatMul(xs[1])) { Covers = [nameof(MatMul)], Products = 4 },
    ];

    private static OpRow[] Models() =>
    [
        One("cross-entropy of labels", [4, 3], x => x.CrossEntropy([2, 0, 1, 1]), nameof(LogSumExpRows)) with { Ulps = 8, Magnitude = 4 },
        new("cross-entropy-adjoint", [[3, 19], [3]],
            xs => LogSumExpRowsAdjoint.Of(xs[0], Tensor.From([18, 0, 7], [3], xs[0].Device), xs[1]))
        {
            Covers = [nameof(LogSumExpRowsAdjoint)],
            Ulps = 8,
            Magnitude = 2,
        },
        One("cross-entropy unreduced", [4, 3], x => x.CrossEntropy([2, 0, 1, 1], LossReduction.None)) with { Ulps = 8, Magnitude = 4 },
        new("cross-entropy of targets", [[2, 3], [2, 3]], xs => xs[0].CrossEntropy(xs[1], LossReduction.Sum)) { Ulps = 8, Magnitude = 12 },
        // Terms of size up to 2 · √k cancel in the centring; the factor is at most 1/√variance.
        One("layer-norm plain", [3, 5], x => x.LayerNorm(null, null), nameof(NormalizeRows)) with { Ulps = 16, Magnitude = 2 },
        new("layer-norm", [[3, 5], [5], [5]], xs => xs[0].LayerNorm(xs[1], xs[2]))
        {
            Covers = [nameof(NormalizeRows)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("layer-norm of longer rows", [[2, 2, 21], [21], [21]], xs => xs[0].LayerNorm(xs[1], xs[2]))
        {
            Covers = [nameof(NormalizeRows)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("layer-norm shifted", [[3, 9], [9]], xs => xs[0].LayerNorm(null, xs[1]))
        {
            Covers = [nameof(NormalizeRows)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("layer-norm-adjoint", [[2, 19], [2, 19], [19]], xs => Slope(xs[0], x => x.LayerNorm(xs[2], null), xs[1]))
        {
            Covers = [nameof(NormalizeRowsAdjoint)],
            Ulps = 16,
            Magnitude = 16,
        },
        new("layer-norm-adjoint plain", [[3, 5], [3, 5]], xs => Slope(xs[0], x => x.LayerNorm(null, null), xs[1]))
        {
            Covers = [nameof(NormalizeRowsAdjoint)],
            Ulps = 16,
            Magnitude = 16,
        },
        new("batch-norm", [[2, 3, 2], [3], [3], [3], [3]], xs => xs[0].BatchNorm(xs[1], xs[2], xs[3], xs[4]))
        {
            Covers = [nameof(ChannelBlend)],
            Low = 0.3,
            Ulps = 16,
            Magnitude = 8,
        },
        new("batch-norm in training", [[3, 2, 2], [2], [2]], xs => xs[0].BatchNormTraining(xs[1], xs[2]).Output)
        {
            Covers = [nameof(NormalizeChannels)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("batch-norm of larger images", [[2, 3, 5, 7], [3], [3]], xs => xs[0].BatchNormTraining(xs[1], xs[2]).Output)
        {
            Covers = [nameof(NormalizeChannels)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("channel-affine", [[2, 3, 3, 4], [3], [3]], xs => xs[0].ChannelAffine(xs[1], xs[2]))
        {
            Covers = [nameof(ChannelBlend)],
            Magnitude = 4,
        },
        new("channel-affine with relu", [[2, 2, 7], [2], [2]], xs => xs[0].ChannelAffine(xs[1], xs[2], relu: true))
        {
            Covers = [nameof(ChannelRelu)],
            Magnitude = 8,
        },
        new("channel-blend", [[2, 2, 19], [2], [2, 2, 19], [2], [2]], xs => xs[0].ChannelBlend(xs[1], xs[2], xs[3], xs[4]))
        {
            Covers = [nameof(ChannelBlend)],
            Magnitude = 8,
        },
        new("channel-sums", [[2, 3, 19], [2, 3, 19]], xs => Ops.ChannelSums(xs[0], xs[1]).Cast(xs[0].Type))
        {
            Covers = [nameof(ChannelSums)],
            Magnitude = 64,
        },
        new("attention", [[2, 3, 2], [2, 4, 2], [2, 4, 3]], xs => Ops.Attention(xs[0], xs[1], xs[2]))
        {
            Covers = [nameof(Attention)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("attention of heads", [[2, 3, 4, 2], [2, 3, 5, 2], [2, 3, 5, 3]], xs => Ops.Attention(xs[0], xs[1], xs[2]))
        {
            Covers = [nameof(Attention)],
            Ulps = 16,
            Magnitude = 4,
        },
        new("attention of one for many", [[2, 3, 2], [1, 4, 2], [4, 3]], xs => Ops.Attention(xs[0], xs[1], xs[2]))
        {
            Covers = [nameof(SoftmaxRows)],
            Ulps = 16,
            Magnitude = 4,
        },
        One("self-attention", [2, 3, 12], x => x.SelfAttention(2), nameof(SelfAttention)) with { Ulps = 16, Magnitude = 4 },
        One("self-attention of one head", [1, 9, 27], x => x.SelfAttention(1), nameof(SelfAttention)) with { Ulps = 16, Magnitude = 4 },
        // The gradient by the op's own rules, so that its second derivatives are the third ones.
        new("slope of self-attention", [[1, 3, 12], [1, 3, 4]], xs => Slope(xs[0], x => x.SelfAttention(2), xs[1]))
        {
            Covers = [nameof(SoftmaxRowsAdjoint)],
            Ulps = 16,
            Magnitude = 8,
        },
        new("attention with mask", [[3, 2], [3, 2], [3, 2], [3, 3]], xs => Ops.Attention(xs[0], xs[1], xs[2], xs[3]))
        {
            Ulps = 16,
            Magnitude = 4,
        },
    ];

    /// <summary>The gradient as a function that is differentiated again.</summary>
    private static Tensor Slope(Tensor x, Func<Tensor, Tensor> f, Tensor seed)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On()) return Gradient.Of(f(leaf), leaf, seed, record: true);
    }
}
