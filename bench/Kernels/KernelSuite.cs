using BenchmarkDotNet.Attributes;
using MiniGrad.Nn;

namespace MiniGrad.Bench;

/// <summary>What the suites of kernel families share: one and two threads, and steps whose memory is recycled.</summary>
[MemoryDiagnoser]
public abstract class KernelSuite
{
    [Params(1, 2)]
    public int ThreadCount { get; set; }

    [GlobalSetup]
    public virtual void Setup() => Computing.Default = Computing.Default with { Threads = ThreadCount };

    /// <summary>Runs an operation as one step of a loop does.</summary>
    protected static Tensor Step(Func<Tensor> operation) => Arena.Step(operation, _ => []);

    /// <summary>An operation and its gradient in x, for a given gradient of the result.</summary>
    protected static Tensor StepWithGradient(Func<Tensor, Tensor> operation, Tensor x, Tensor seed) => Step(() =>
    {
        Tensor leaf = x.Tracked();
        return Gradient.Of(operation(leaf), leaf, seed);
    });
}
