using BenchmarkDotNet.Attributes;

namespace MiniGrad.Bench;

/// <summary>Batch norm of 8 × 64 × 56 × 56 numbers, layer norm and softmax of DeiT-S for 8 images.</summary>
public class NormalizeBenchmarks : KernelSuite
{
    private readonly Tensor image = Draw.Uniform(8, 64, 56, 56);
    private readonly Tensor imageSeed = Draw.Uniform(8, 64, 56, 56);
    private readonly Tensor perChannel = Draw.Uniform(64) + 1;
    private readonly Tensor tokens = Draw.Uniform(8, 197, 384);
    private readonly Tensor tokenSeed = Draw.Uniform(8, 197, 384);
    private readonly Tensor perFeature = Draw.Uniform(384) + 1;
    private readonly Tensor scores = Draw.Uniform(8, 6, 197, 197);

    [Benchmark]
    public Tensor BatchNormInference() => Step(() => image.BatchNorm(perChannel, perChannel, perChannel, perChannel));

    [Benchmark]
    public Tensor BatchNormTraining() => Step(() => image.BatchNormTraining(perChannel, perChannel).Output);

    [Benchmark]
    public Tensor BatchNormTrainingGradient() =>
        StepWithGradient(x => x.BatchNormTraining(perChannel, perChannel).Output, image, imageSeed);

    [Benchmark]
    public Tensor LayerNorm() => Step(() => tokens.LayerNorm(perFeature, perFeature));

    [Benchmark]
    public Tensor LayerNormGradient() => StepWithGradient(x => x.LayerNorm(perFeature, perFeature), tokens, tokenSeed);

    [Benchmark]
    public Tensor Softmax() => Step(() => scores.Softmax(-1));
}
