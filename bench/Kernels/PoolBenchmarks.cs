using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>The pools of LeNet-5 and ResNet-50, forward and with their gradient.</summary>
public class PoolBenchmarks : KernelSuite
{
    private readonly Tensor digits = Draw.Uniform(64, 6, 28, 28);
    private readonly Tensor pooledDigits = Draw.Uniform(64, 6, 14, 14);
    private readonly Tensor photos = Draw.Uniform(8, 64, 112, 112);
    private readonly Tensor pooledPhotos = Draw.Uniform(8, 64, 56, 56);

    [Benchmark]
    public Tensor Max2() => Step(() => digits.MaxPool(2));

    [Benchmark]
    public Tensor Max2Gradient() => StepWithGradient(x => x.MaxPool(2), digits, pooledDigits);

    [Benchmark]
    public Tensor Max3Stride2() => Step(() => photos.MaxPool(3, stride: 2, pad: 1));

    [Benchmark]
    public Tensor Max3Stride2Gradient() => StepWithGradient(x => x.MaxPool(3, stride: 2, pad: 1), photos, pooledPhotos);

    [Benchmark]
    public Tensor Average2() => Step(() => digits.AveragePool(2));

    [Benchmark]
    public Tensor Average2Gradient() => StepWithGradient(x => x.AveragePool(2), digits, pooledDigits);
}
