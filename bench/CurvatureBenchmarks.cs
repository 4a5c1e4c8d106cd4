using BenchmarkDotNet.Attributes;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Bench;

/// <summary>
/// Curvature at one image in double: LeNet-5's whole spectra and averages towards nine classes, one more product with a
/// kept Hessian beside the gradient it is measured in, and both ends of ResNet-18's spectrum on CIFAR.
/// </summary>
[MemoryDiagnoser]
public class CurvatureBenchmarks
{
    private static readonly Classifier Relu = new(ModelCatalog.Create("lenet5", seed: 1, type: DType.F64));
    private static readonly Classifier Tanh = new(ModelCatalog.Create("lenet5-tanh", seed: 1, type: DType.F64));
    private static readonly Classifier Residual = new(ModelCatalog.Create("resnet18-cifar", seed: 1, type: DType.F64));

    private readonly Tensor digit = Draw([1, 1, 28, 28]);
    private readonly Tensor photo = Draw([1, 3, 32, 32]);
    private Tensor weights = null!;
    private Tensor direction = null!;
    private LocalHessian kept = null!;

    [GlobalSetup]
    public void Setup()
    {
        BoundaryFrame frame = new BoundaryFrames().Of(Tanh, digit)[0];
        weights = frame.Weights(10, DType.F64).Take(0, new AxisRange(0, 1)).Contiguous();
        direction = Draw([1, 1, 28, 28]);
        kept = HessianMethod.Exact.At(Tanh, digit, weights);
    }

    [Benchmark]
    public CurvatureResult[] SpectraOfLeNetWithTanh() => new BoundaryCurvature { Full = new() }.Run(Tanh, digit);

    [Benchmark]
    public CurvatureResult[] SpectraOfLeNetWithRelu() => new BoundaryCurvature { Full = new() }.Run(Relu, digit);

    [Benchmark]
    public CurvatureResult[] AveragesByHutchinson() => new BoundaryCurvature().Run(Tanh, digit);

    [Benchmark]
    public CurvatureResult[] AveragesByTrace() => new BoundaryCurvature { Average = new ExactTrace() }.Run(Tanh, digit);

    [Benchmark]
    public Tensor Gradient() => Arena.Step(() => HessianMethod.Gradient(Tanh, digit, weights), _ => []);

    [Benchmark]
    public Tensor KeptHessianProduct() => Arena.Step(() => kept.Times(direction), _ => []);

    [Benchmark]
    public ExtremeEigenvalues LanczosOfResNet()
    {
        BoundaryFrame frame = new BoundaryFrames([1], AllowForeignLabel: true).Of(Residual, photo, [0])[0];
        return new Lanczos(Count: 10).Curvatures(Residual, photo, frame, 0, HessianMethod.Central(), new Rng(1));
    }

    private static Tensor Draw(Shape shape) => Tensor.From(Array.ConvertAll(new Rng(1).Uniform((int)shape.Count), v => (double)v), shape);
}
