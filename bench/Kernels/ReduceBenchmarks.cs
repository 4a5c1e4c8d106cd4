using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>Sums and maxima of 8 × 64 × 56 × 56 numbers over different axes.</summary>
public class ReduceBenchmarks : KernelSuite
{
    private readonly Tensor x = Draw.Uniform(8, 64, 56, 56);
    private readonly Tensor logits = Draw.Uniform(128, 1000);

    [Benchmark]
    public Tensor SumAll() => Step(() => x.Sum());

    [Benchmark]
    public Tensor SumPerChannel() => Step(() => x.Sum([0, 2, 3]));

    [Benchmark]
    public Tensor MeanOverPixels() => Step(() => x.Mean([2, 3]));

    [Benchmark]
    public Tensor ArgMaxOfLogits() => Step(() => logits.ArgMax(1));

    [Benchmark]
    public Tensor LogSumExpOfLogits() => Step(() => logits.LogSumExp(1));
}
