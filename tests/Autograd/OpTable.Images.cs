using MiniGrad.Kernels;
using Exact = MiniGrad.Tests.Autograd.ExactFunctions;

namespace MiniGrad.Tests.Autograd;

internal static partial class OpTable
{
    /// <summary>Strided, padded, dilated and in groups at once: the shape of the rows of the two adjoints.</summary>
    private static readonly ConvShape Mixed = new(2, 4, 5, 6, 2, 2, 3, 2, 1, 1, 2, 1, 2, 2);

    private static readonly PoolWindows Windows = new(3, 5, new([0, 1], [2, 3], [2, 4]), new([0, 0, 3], [1, 4, 5], [1, 4, 3]));

    private static OpRow Filter(string name, Shape image, Shape filters, ConvOptions options) =>
        new("conv2d " + name, [image, filters], xs => xs[0].Conv2d(xs[1], options))
        {
            Covers = [nameof(Convolve)],
            Products = filters[1] * filters[2] * filters[3],
        };

    private static OpRow Finished(string name, Shape[] more, Func<Tensor[], Tensor> apply) =>
        new("conv2d with " + name, [[2, 2, 4, 3], [3, 2, 3, 3], .. more], apply) { Covers = [nameof(ConvEpilogue)], Products = 20 };

    private static OpRow Pool(string name, Shape image, Func<Tensor, Tensor> apply, params string[] covers) =>
        One(name, image, apply, covers) with { Distinct = true, Magnitude = 2 };

    private static OpRow[] Images() =>
    [
        Filter("1 x 1", [2, 3, 3, 2], [4, 3, 1, 1], new()),
        Filter("plain", [1, 2, 5, 4], [3, 2, 3, 2], new()),
        Filter("padded", [1, 2, 4, 4], [2, 2, 3, 3], ConvOptions.Square(pad: 1)),
        Filter("padded beyond its kernel", [1, 1, 3, 3], [1, 1, 2, 2], ConvOptions.Square(pad: 3)),
        Filter("strided", [1, 2, 6, 7], [2, 2, 3, 3], ConvOptions.Square(stride: 2)),
        Filter("dilated", [1, 1, 6, 6], [2, 1, 2, 3], ConvOptions.Square(dilation: 2, pad: 1)),
        Filter("in groups", [2, 4, 3, 3], [6, 2, 2, 2], ConvOptions.Square(groups: 2)),
        Filter("depthwise", [1, 3, 4, 4], [3, 1, 3, 3], ConvOptions.Square(pad: 1, groups: 3)),
        Filter("mixed", [2, 4, 5, 6], [2, 2, 2, 3], new(2, 1, 1, 2, 1, 2, 2)),
        Finished("shift", [[3]], xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1), xs[2])),
        Finished("residual", [[2, 3, 4, 3]], xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1), null, xs[2])),
        Finished("shift, residual and relu", [[3], [2, 3, 4, 3]],
            xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1), xs[2], xs[3], relu: true)),
        Finished("relu", [], xs => xs[0].Conv2d(xs[1], ConvOptions.Square(pad: 1), null, null, relu: true)),
        new("conv2d-input", [[2, 2, Mixed.OutHeight, Mixed.OutWidth], [2, 2, 2, 3]], xs => new ConvolveInput(Mixed).Apply(xs[0], xs[1]))
        {
            Covers = [nameof(ConvolveInput)],
            Products = 6,
        },
        new("conv2d-weight", [[2, 4, 5, 6], [2, 2, Mixed.OutHeight, Mixed.OutWidth]], xs => new ConvolveWeight(Mixed).Apply(xs[0], xs[1]))
        {
            Covers = [nameof(ConvolveWeight)],
            Products = 2 * Mixed.OutPixels,
        },
        Pool("max-pool", [1, 2, 4, 6], x => x.MaxPool(2), nameof(Gather)),
        Pool("max-pool padded", [1, 2, 5, 4], x => x.MaxPool(3, stride: 2, pad: 1), nameof(Gather)),
        Pool("max-pool ceil", [1, 1, 6, 5], x => x.MaxPool(3, stride: 2, ceilMode: true), nameof(Gather)),
        Pool("max-pool dilated", [1, 1, 6, 6], x => x.MaxPool(2, stride: 1, dilation: 3), nameof(Gather)),
        Pool("average-pool", [1, 2, 4, 6], x => x.AveragePool(2), nameof(AveragePool)),
        Pool("average-pool padded", [1, 1, 5, 4], x => x.AveragePool(3, stride: 2, pad: 1), nameof(AveragePool)),
        Pool("average-pool without padding in the count", [1, 1, 5, 4],
            x => x.AveragePool(3, stride: 2, pad: 1, countPadding: false), nameof(AveragePool)),
        Pool("average-pool ceil", [1, 1, 6, 7], x => x.AveragePool(3, stride: 2, pad: 1, ceilMode: true), nameof(AveragePool)),
        Pool("average-pool adaptive", [1, 2, 5, 7], x => x.AdaptiveAveragePool(3, 2), nameof(AveragePool)),
        Pool("average-pool to one", [2, 2, 3, 3], x => x.AdaptiveAveragePool(1, 1), nameof(AveragePool)),
        Pool("average-pool-adjoint", [1, 2, 2, 3], x => new AveragePoolAdjoint(Windows).Apply(x), nameof(AveragePoolAdjoint)),
        One("blur-pool", [1, 2, 5, 4], x => x.BlurPool(4), nameof(Convolve)) with { Products = 16 },
        Sampled("bilinear-sample", Border.Zero),
        Sampled("bilinear-sample with edges", Border.Edge),
        Sampled("bilinear-sample mirrored", Border.Reflect),
    ];

    /// <summary>Points in [−0.5, 3.5]² on an image of 4 × 5, some outside; kinks are the pixel centres.</summary>
    private static OpRow Sampled(string name, Border border) =>
        new(name, [[1, 2, 4, 5], [1, 2, 3], [1, 2, 3]], xs => xs[0].BilinearSample(xs[1] + 1.5, xs[2] + 1.5, border))
        {
            KinkDistance = Exact.FromWhole(0.5),
            Ulps = 16,
            Magnitude = 4,
            Covers = [nameof(BilinearSample)],
        };
}
