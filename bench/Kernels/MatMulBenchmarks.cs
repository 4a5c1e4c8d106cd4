using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>Matrix products: square, of a linear layer, of attention.</summary>
public class MatMulBenchmarks : KernelSuite
{
    private readonly Tensor square = Draw.Uniform(512, 512);
    private readonly Tensor row = Draw.Uniform(1, 2048);
    private readonly Tensor weights = Draw.Uniform(1000, 2048).Transpose();
    private readonly Tensor query = Draw.Uniform(8, 6, 197, 64);
    private readonly Tensor key = Draw.Uniform(8, 6, 197, 64).Transpose();

    /// <summary>0.27 GFLOP.</summary>
    [Benchmark]
    public Tensor Square512() => Step(() => square.MatMul(square));

    /// <summary>The head of ResNet-50 for one image: 4 MFLOP on 8 MB of weights.</summary>
    [Benchmark]
    public Tensor LinearOneImage() => Step(() => row.MatMul(weights));

    /// <summary>The scores of DeiT-S for 8 images: 0.24 GFLOP in 48 products.</summary>
    [Benchmark]
    public Tensor AttentionScores() => Step(() => query.MatMul(key));
}
