using BenchmarkDotNet.Attributes;
using MiniGrad.Kernels;

namespace MiniGrad.Bench;

/// <summary>One kernel of each family at the sizes of LeNet-5, batch 64, on one thread.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private readonly Tensor square = Draw(512, 512);
    private readonly Tensor image = Draw(64, 6, 28, 28);
    private readonly Tensor small = Draw(64, 6, 14, 14);
    private readonly Tensor filters = Draw(16, 6, 5, 5);
    private readonly Tensor gradient = Draw(64, 16, 10, 10);

    [GlobalSetup]
    public void Setup() => Threads.Count = 1;

    /// <summary>0.27 GFLOP.</summary>
    [Benchmark]
    public Tensor MatMul512() => Step(() => square.MatMul(square));

    /// <summary>31 MFLOP.</summary>
    [Benchmark]
    public Tensor ConvForward() => Step(() => small.Conv2d(filters, new ConvOptions()));

    [Benchmark]
    public Tensor ConvInputGradient() => Step(() =>
    {
        Tensor x = small.Tracked();
        return Gradient.Of(x.Conv2d(filters, new ConvOptions()), x, gradient);
    });

    [Benchmark]
    public Tensor Tanh() => Step(() => image.Tanh());

    [Benchmark]
    public Tensor MaxPool() => Step(() => image.MaxPool(2));

    [Benchmark]
    public Tensor SumPerChannel() => Step(() => image.Sum([0, 2, 3]));

    private static Tensor Step(Func<Tensor> f) => Arena.Step(f, _ => []);

    private static Tensor Draw(params int[] sizes)
    {
        Shape shape = new(sizes);
        return Tensor.From(new Rng(1).At(sizes.Length).Uniform((int)shape.Count), shape);
    }
}
