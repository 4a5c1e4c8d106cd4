using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>Moving numbers: into another order of axes, side by side, by index.</summary>
public class CopyBenchmarks : KernelSuite
{
    private readonly Tensor heads = Draw.Uniform(8, 6, 197, 64);
    private readonly Tensor left = Draw.Uniform(8, 64, 55, 55);
    private readonly Tensor right = Draw.Uniform(8, 64, 55, 55);
    private readonly Tensor logits = Draw.Uniform(128, 1000);
    private readonly Tensor index = Tensor.From(Draw.Labels(128, 1000), [128, 1]);

    [Benchmark]
    public Tensor MergeHeads() => Step(() => heads.Permute(0, 2, 1, 3).Contiguous());

    [Benchmark]
    public Tensor ConcatChannels() => Step(() => Ops.Concat([left, right], 1));

    [Benchmark]
    public Tensor GatherLabels() => Step(() => logits.Gather(1, index));
}
