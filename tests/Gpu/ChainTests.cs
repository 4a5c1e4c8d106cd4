using MiniGrad.Kernels.Gpu;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>Formulas that wait for each other: what is computed, in how many kernels, and what becomes of the memory they read.</summary>
public class ChainTests
{
    private static readonly Lazy<GpuDevice> Own = new(() => OwnGpu.Device());

    private static GpuDevice Device => Own.Value;

    [GpuFact]
    public void AChainHasTheBitsOfItsFormulasOneByOne()
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor x = Numbers.Random([1000], type, "x").To(Device);
            Tensor z = Numbers.Random([1000], type, "z").To(Device);
            Tensor chained = ((x * 2 + z).Tanh() * z - x.Exp()).Clamp(-0.5, 0.5);
            Tensor a = Computed(x * 2);
            Tensor b = Computed(Computed(a + z).Tanh());
            Tensor single = Computed(Computed(b * z) - Computed(x.Exp())).Clamp(-0.5, 0.5);
            Numbers.SameBits(single, chained, $"{type}");
        }
    }

    [GpuFact]
    public void ItIsOneKernelAndOneBlock()
    {
        Tensor x = Computed(Numbers.Random([300], DType.F32, "x").To(Device));
        long before = Device.Kernels.Launches;
        Tensor y = (x + 1).Square() * x - 0.5;
        Assert.Equal(before, Device.Kernels.Launches);
        y.ToArray<float>();
        Assert.Equal(before + 1, Device.Kernels.Launches);
        // Once computed it is memory like any other.
        Computed(y * 2);
        Assert.Equal(before + 2, Device.Kernels.Launches);
    }

    [GpuFact]
    public void WhatAChainReadsOutlivesItsOwner()
    {
        Tensor y;
        using (Arena arena = Arena.Open())
        {
            Tensor x = Ops.Full([500], 3, DType.F32, Device);
            y = x * 2;
            arena.Keep(y);
            arena.Sweep();
            Assert.Throws<InvalidOperationException>(() => x.ToArray<float>());
        }
        // Memory of that size that is taken now must not be the one that y still has to read.
        Tensor other = Computed(Ops.Full([500], -1, DType.F32, Device));
        Assert.All(y.ToArray<float>(), value => Assert.Equal(6, value));
        Assert.All(other.ToArray<float>(), value => Assert.Equal(-1, value));
    }

    [GpuFact]
    public void AResultThatTakesItsOperandsPlaceLeavesWaitingChainsTheOld()
    {
        Tensor x = Computed(Numbers.Random([4, 10], DType.F32, "x").To(Device));
        double[] expected = Numbers.Doubles(Computed(x * 3));
        Tensor waiting = x * 3;
        Device.Backend.Softmax(1, x.View, x.View);
        Assert.Equal(expected, Numbers.Doubles(waiting));
        Assert.All(x.Sum(1).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-6));
    }

    [GpuFact]
    public void LongChainsAreCut()
    {
        Tensor x = Computed(Numbers.Random([64], DType.F64, "x").To(Device));
        Tensor y = x;
        double[] expected = Numbers.Doubles(x);
        long before = Device.Kernels.Launches;
        for (int i = 0; i < 100; i++)
        {
            y = y * 0.9 + x;
            expected = [.. expected.Zip(Numbers.Doubles(x), (a, b) => a * 0.9 + b)];
        }
        Numbers.Close(expected, Numbers.Doubles(y), _ => 1e-13, "a hundred steps");
        Assert.InRange(Device.Kernels.Launches - before, 2, 40);
    }

    /// <summary>The same tensor after its kernel ran.</summary>
    private static Tensor Computed(Tensor x)
    {
        _ = ((GpuStorage)x.Storage).Memory;
        return x;
    }
}
