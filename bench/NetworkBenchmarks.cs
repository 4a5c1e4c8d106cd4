using BenchmarkDotNet.Attributes;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Bench;

/// <summary>LeNet-5: a forward pass, an input gradient, a training step, and ten steps of a walk of 64 pairs.</summary>
[MemoryDiagnoser]
public class NetworkBenchmarks
{
    private readonly Network network = ModelCatalog.Create("lenet5", seed: 1);
    private Tensor images = null!;
    private Tensor targets = null!;
    private int[] labels = [];

    [Params(1, 64)]
    public int Batch { get; set; }

    [Params(1, 2)]
    public int ThreadCount { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Computing.Default = Computing.Default with { Threads = ThreadCount };
        images = Tensor.From(new Rng(1).Uniform(Batch * 784), [Batch, 1, 28, 28]);
        targets = Tensor.From(new Rng(2).Uniform(Batch * 784), [Batch, 1, 28, 28]);
        labels = Logits.Prediction(network.Forward(images));
    }

    [Benchmark]
    public Tensor Forward() => Arena.Step(() => network.Forward(images), _ => []);

    [Benchmark]
    public Tensor InputGradient() => Arena.Step(() =>
    {
        Tensor x = images.Tracked();
        return Gradient.Of(network.Forward(x).CrossEntropy(labels, LossReduction.Sum), x);
    }, _ => []);

    [Benchmark]
    public Tensor[] WeightGradient() => Arena.Step(() =>
    {
        foreach (Parameter p in network.Parameters) p.Value = p.Value.Detach().Tracked();
        Tensor loss = network.Forward(images).CrossEntropy(labels);
        Tensor[] gradients = Gradient.Of(loss, [.. network.Parameters.Select(p => p.Value)]);
        foreach (Parameter p in network.Parameters) p.Value = p.Value.Detach();
        return gradients;
    }, _ => []);

    [Benchmark]
    public AttackResult LevelSetTenSteps() => new Lst(Iterations: 10).Run(
        new Classifier(network), new(images, labels) { Targets = targets }, new RunContext { Force = true });
}
