using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The steady state of an attack: what a step allocates does not grow with the images, and none is kept for ever.</summary>
[Collection(SerialCollection.Name)]
public class AllocationTests
{
    private const int WarmUp = 40;
    private const int Steps = 100;

    private static readonly Network Network = ModelCatalog.Create("lenet5", seed: 1);

    public static TheoryData<string> Loops =>
    [
        "pgd linf", "pgd linf, all broken", "pgd l2", "apgd linf", "apgd l2", "lst", "lst adaptive", "nspgd relative", "nspgd normalized",
    ];

    [Theory]
    [MemberData(nameof(Loops))]
    public void AStepAllocatesTheSameForAnyBatch(string loop)
    {
        int threads = Computing.Default.Threads;
        try
        {
            // The caller's own allocations are counted, exactly; workers make no tensors.
            Computing.Default = Computing.Default with { Threads = 1 };
            (long one, _) = Run(loop, 1);
            (long many, int collections) = Run(loop, 64);
            (long twice, _) = Run(loop, 128);
            Assert.Equal(0, collections);
            // A tensor of 64 KiB and more has a guard object of 40 bytes, small ones have none.
            Assert.InRange(many - one, -4096, 4096);
            // One number an image would be 512 bytes.
            Assert.InRange(twice - many, -400, 400);
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = threads };
        }
    }

    private static (long BytesPerStep, int FullCollections) Run(string loop, int batch)
    {
        Tensor images = Draw(batch, "images");
        Tensor targets = Draw(batch, "targets");
        int[] labels = Logits.Prediction(Network.Forward(images));
        Meter meter = new();
        RunContext run = new() { Force = true, ChunkSize = batch, Progress = meter };
        const int all = WarmUp + Steps;
        Attack attack = loop switch
        {
            "pgd linf" => new Pgd(Threat.Linf(1e-5), all),
            "pgd linf, all broken" => new Pgd(Threat.Linf(0.3), all),
            "pgd l2" => new Pgd(Threat.L2(1e-5), all),
            "apgd linf" => new Apgd(Threat.Linf(1e-5), all),
            "apgd l2" => new Apgd(Threat.L2(1e-5), all),
            "lst adaptive" => new Lst(all, StepSize: 1e-4, ParallelStep: 1e-6) { Adaptive = true },
            "lst" => new Lst(all, StepSize: 1e-4, ParallelStep: 1e-6),
            "nspgd relative" => new Nspgd(StepMode.Relative, 1e-4, all, ConfidenceDrop: 0.9),
            _ => new Nspgd(StepMode.Normalized, 1e-4, all, ConfidenceDrop: 0.9),
        };
        AttackResult result = attack switch
        {
            BallAttack ball => ball.Run(new Classifier(Network), images, Goal.Untargeted(labels), labels, run),
            Traversal walk => walk.Run(new Classifier(Network), images, targets, labels, run),
            _ => throw new InvalidOperationException(),
        };
        Assert.True(meter.Bytes > 0);
        Assert.All(result.Examples, e => Assert.Equal(all, e.Iterations));
        if (loop.EndsWith("all broken", StringComparison.Ordinal)) Assert.All(result.Examples, e => Assert.True(e.Success));
        return (meter.Bytes / Steps, meter.FullCollections);
    }

    private static Tensor Draw(int batch, string name) => Numbers.Random([batch, 1, 28, 28], DType.F32, name, 0, 1);

    /// <summary>Reads the counters of the thread that searches, between two iterations.</summary>
    private sealed class Meter : IProgress<RunProgress>
    {
        private long bytesBefore;
        private int collectionsBefore;

        public long Bytes { get; private set; }

        public int FullCollections { get; private set; }

        public void Report(RunProgress value)
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            int collections = GC.CollectionCount(2);
            if (value.Finished == 0 && value.Iteration == WarmUp) (bytesBefore, collectionsBefore) = (bytes, collections);
            if (value.Finished == 0 && value.Iteration == WarmUp + Steps)
            {
                (Bytes, FullCollections) = (bytes - bytesBefore, collections - collectionsBefore);
            }
        }
    }
}
