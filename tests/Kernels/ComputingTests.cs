using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Settings are a device's own: callers in one process differ, and neither sees the other.</summary>
[Collection(SerialCollection.Name)]
public sealed class ComputingTests
{
    private static readonly Computing Plain = new() { Threads = 2 };

    /// <summary>3 × 3 without stride: the kind that Winograd's algorithm serves.</summary>
    private static readonly Tensor Image = Numbers.Random([2, 16, 24, 24], DType.F32, "image");

    private static readonly Tensor Filters = Numbers.Random([16, 16, 3, 3], DType.F32, "filters");

    [Fact]
    public void TwoThreadsComputeAtOnceWithDifferentSettings()
    {
        Device fast = Device.Cpu.With(Plain);
        Device exact = Device.Cpu.With(Plain with { Exact = true });
        float[] fastAlone = Convolved(fast);
        float[] exactAlone = Convolved(exact);
        Assert.NotEqual(fastAlone, exactAlone);
        Assert.Equal(Convolved(Device.Cpu), fastAlone);

        using Barrier start = new(2);
        bool[] same = new bool[2];
        Thread[] callers =
        [
            new(() => same[0] = Repeated(fast, fastAlone, start)), new(() => same[1] = Repeated(exact, exactAlone, start)),
        ];
        foreach (Thread caller in callers) caller.Start();
        foreach (Thread caller in callers) caller.Join();
        Assert.Equal([true, true], same);
    }

    [Fact]
    public void TheNumberOfThreadsChangesNoBit()
    {
        foreach (bool exact in (ReadOnlySpan<bool>)[false, true])
        {
            float[] one = Convolved(Device.Cpu.With(new Computing { Threads = 1, Exact = exact }));
            Assert.Equal(one, Convolved(Device.Cpu.With(new Computing { Threads = 2, Exact = exact })));
        }
    }

    [Fact]
    public void ALoopUsesTheThreadsOfItsDevice()
    {
        _ = Ops.Zeros([1], device: Device.Cpu.With(new Computing { Threads = 3 }));
        Assert.Equal(3, MiniGrad.Kernels.Cpu.Threads.Count);
        _ = Ops.Zeros([1]);
        Assert.Equal(Computing.Default.Threads, MiniGrad.Kernels.Cpu.Threads.Count);
    }

    [Fact]
    public void EqualSettingsAreOneDevice_OthersDoNotMix()
    {
        Device one = Device.Cpu.With(new Computing { Threads = 1 });
        Assert.Same(one, Device.Cpu.With(new Computing { Threads = 1 }));
        Assert.Same(one, Device.Cpu.With(Plain).With(new Computing { Threads = 1 }));
        Assert.Same(Device.Cpu, one.With(Computing.Default));
        Assert.Same(Device.Reference, Device.Reference.With(Plain));
        Assert.Equal("cpu", one.Name);
        Tensor x = Tensor.From(1f, 2f);
        ArgumentException error = Assert.Throws<ArgumentException>(() => x + x.To(Device.Cpu.With(new Computing { Threads = 5 })));
        Assert.Contains("operands lie on cpu and cpu (threads 5). Move one with To(device).", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Computing { Threads = 0 });
    }

    [Fact]
    public void MovingBetweenProcessorsSharesTheMemory()
    {
        Device exact = Device.Cpu.With(Plain with { Exact = true });
        Tensor x = Numbers.Random([300, 300], DType.F32, "x");
        Tensor moved = x.Transpose().To(exact);
        Assert.Equal(exact, moved.Device);
        Assert.Equal(x.Transpose().ToArray<float>(), moved.ToArray<float>());
        CpuStorage storage = Assert.IsType<CpuStorage>(moved.Storage);
        Assert.True(storage.Bytes == ((CpuStorage)x.Storage).Bytes);
        Assert.True(((CpuStorage)moved.To(Device.Cpu).Storage).Bytes == storage.Bytes);
    }

    /// <summary>What a step returns lives on, though its memory was made by another device.</summary>
    [Fact]
    public void AnArenaKeepsWhatAMovedTensorReads()
    {
        Device exact = Device.Cpu.With(Plain with { Exact = true });
        Tensor kept = Arena.Step(() => Ops.Full([100, 100], 3).To(exact), y => [y]);
        Assert.All(kept.ToArray<float>(), value => Assert.Equal(3, value));
        Tensor lost = Arena.Step(() => Ops.Full([100, 100], 3).To(exact), _ => []);
        Assert.Throws<InvalidOperationException>(() => lost.ToArray<float>());
    }

    private static bool Repeated(Device device, float[] expected, Barrier start)
    {
        start.SignalAndWait();
        for (int i = 0; i < 20; i++)
        {
            if (!Convolved(device).AsSpan().SequenceEqual(expected)) return false;
        }
        return true;
    }

    /// <summary>The result and the gradient in the image.</summary>
    private static float[] Convolved(Device device)
    {
        Tensor x = Image.To(device).Tracked();
        Tensor y = x.Conv2d(Filters.To(device), ConvOptions.Square(pad: 1)).Relu();
        return [.. y.ToArray<float>(), .. Gradient.Of(y.Square().Sum(), x).ToArray<float>()];
    }
}
