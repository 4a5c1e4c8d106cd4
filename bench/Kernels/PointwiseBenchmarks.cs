using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>Formulas over 8 × 64 × 56 × 56 numbers, 6.4 MB, and over a scale for each channel.</summary>
public class PointwiseBenchmarks : KernelSuite
{
    private readonly Tensor a = Draw.Uniform(8, 64, 56, 56);
    private readonly Tensor b = Draw.Uniform(8, 64, 56, 56);
    private readonly Tensor perChannel = Draw.Uniform(1, 64, 1, 1);

    [Benchmark]
    public Tensor Add() => Step(() => a + b);

    [Benchmark]
    public Tensor AddPerChannel() => Step(() => a + perChannel);

    [Benchmark]
    public Tensor Relu() => Step(() => a.Relu());

    [Benchmark]
    public Tensor ReluGradient() => StepWithGradient(x => x.Relu(), a, b);

    [Benchmark]
    public Tensor Tanh() => Step(() => a.Tanh());

    [Benchmark]
    public Tensor Gelu() => Step(() => a.Gelu());

    [Benchmark]
    public Tensor Exp() => Step(() => a.Exp());
}
