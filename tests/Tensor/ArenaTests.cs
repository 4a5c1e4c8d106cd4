using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests;

/// <summary>What a step keeps lives, what it drops throws when touched, and its memory comes round again.</summary>
[Collection(SerialCollection.Name)]
public class ArenaTests
{
    private static readonly int[] Sizes = [8, 200_000];

    [Fact]
    public void WhatIsReturnedSurvivesAndTheRestThrows()
    {
        foreach (int size in Sizes)
        {
            Tensor? dropped = null;
            Tensor outside = Ops.Ones([size]);
            Tensor kept = Arena.Step(
                () =>
                {
                    dropped = outside * 3;
                    return dropped + 1;
                },
                result => [result]);
            Assert.Equal(4 * size, kept.Sum().Item());
            Assert.Equal(size, outside.Sum().Item());
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => dropped!.Sum());
            Assert.Contains("recycled", error.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => dropped! + outside);
            Assert.Throws<InvalidOperationException>(() => dropped!.ToArray<float>());
        }
    }

    [Fact]
    public void AViewKeepsTheStorageItReads()
    {
        Tensor kept = Arena.Step(() => (Ops.Ones([300, 400]) * 2).Slice(0, 5, 7).Transpose(), view => [view]);
        Assert.Equal(2 * 2 * 400, kept.Sum().Item());
    }

    [Fact]
    public void StepsNest()
    {
        foreach (int size in Sizes)
        {
            Tensor? inner = null;
            Tensor? innerDropped = null;
            Tensor outer = Arena.Step(
                () =>
                {
                    Tensor before = Ops.Full([size], 2);
                    inner = Arena.Step(
                        () =>
                        {
                            innerDropped = before * 5;
                            return innerDropped + before;
                        },
                        result => [result]);
                    Assert.Equal(12 * size, inner.Sum().Item());
                    Assert.Throws<InvalidOperationException>(() => innerDropped!.Sum());
                    return before + inner;
                },
                result => [result]);
            Assert.Equal(14 * size, outer.Sum().Item());
            // The survivor of the inner step belongs to the outer one, which let it go.
            Assert.Throws<InvalidOperationException>(() => inner!.Sum());
        }
    }

    [Fact]
    public void WhatIsHeldSurvivesSweepsUntilItsLastRelease()
    {
        foreach (int size in Sizes)
        {
            using Arena arena = Arena.Open();
            Tensor held = Ops.Ones([size]);
            Tensor view = held.Reshape(size / 2, 2);
            arena.Hold(held);
            arena.Hold(view);
            Tensor loose = held * 2;
            arena.Sweep();
            Assert.Throws<InvalidOperationException>(() => loose.Sum());
            arena.Release(held);
            arena.Sweep();
            Assert.Equal(size, view.Sum().Item());
            arena.Release(view);
            Assert.Throws<InvalidOperationException>(() => held.Sum());
        }
    }

    /// <summary>An arena has no say over memory of another one, or of none.</summary>
    [Fact]
    public void OnlyItsOwnMemoryIsRecycled()
    {
        foreach (int size in Sizes)
        {
            Tensor outside = Ops.Ones([size]);
            using Arena outer = Arena.Open();
            Tensor mine = Ops.Ones([size]);
            outer.Hold(mine);
            Tensor kept;
            using (Arena inner = Arena.Open())
            {
                foreach (Tensor other in (Tensor[])[outside, mine])
                {
                    inner.Hold(other);
                    inner.Release(other);
                }
                kept = mine + outside;
                inner.Keep(kept);
                inner.Sweep();
            }
            Assert.Equal(4 * size, (mine + outside + kept).Sum().Item());
            outer.Sweep();
            Assert.Throws<InvalidOperationException>(() => kept.Sum());
            Assert.Equal(2 * size, (mine + outside).Sum().Item());
        }
    }

    [Fact]
    public void WhatIsMadeOutsideSurvives()
    {
        Tensor? cache = null;
        Arena.Step(
            () =>
            {
                using (Arena.Outside()) cache = Ops.Full([50_000], 3);
                return Ops.Ones([50_000]) + cache;
            },
            _ => []);
        Assert.Equal(150_000, cache!.Sum().Item());
    }

    [Fact]
    public void AStepThatThrowsRecyclesNothing()
    {
        Tensor? published = null;
        Assert.Throws<ArithmeticException>(() => Arena.Step<Tensor>(
            () =>
            {
                published = Ops.Full([100_000], 2);
                throw new ArithmeticException();
            },
            result => [result]));
        Assert.Equal(200_000, published!.Sum().Item());
        Tensor after = Ops.Ones([100_000]);
        Assert.Equal(100_000, after.Sum().Item());
    }

    /// <summary>After the first steps, a step of a loop takes all its large memory from the pool.</summary>
    [Fact]
    public void TheSteadyStateAllocatesNoLargeBlocks()
    {
        Tensor w = Numbers.Random([8, 3, 3, 3], DType.F32, "filters");
        Tensor x = Numbers.Random([8, 3, 32, 32], DType.F32, "image");
        Tensor Step(Tensor image) => Arena.Step(
            () => image - Gradient.Of(y => y.Conv2d(w, ConvOptions.Square(pad: 1)).Relu().Square().Sum(), image) * 1e-4, next => [next]);
        // Each state outlives its step by one, so the loop recycles it itself by an enclosing step.
        void Loop(int steps) => Arena.Step(
            () =>
            {
                Tensor image = x;
                for (int i = 0; i < steps; i++) image = Step(image);
                return image.Sum().Item();
            },
            _ => []);
        for (int i = 0; i < 3; i++) Loop(100);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Loop(100);
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        // A step makes about ten tensors of 98 304 or 262 144 bytes; their headers and graph nodes come to a few KB.
        Assert.InRange(bytes / 100, 0, 32 * 1024);
    }

    [Fact]
    public void AFullPoolMakesRoomForTheSizesInUse()
    {
        // More small blocks of one size than the pool keeps, then a loop with another.
        for (int round = 0; round < 2; round++)
        {
            Arena.Step(() => Enumerable.Range(0, 5000).Select(_ => Ops.Ones([4000])).ToArray(), _ => []);
        }
        Tensor x = Ops.Ones([9000]);
        void Loop()
        {
            for (int step = 0; step < 20; step++) Arena.Step(() => x * 2 + 1, _ => []);
        }
        Loop();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Loop();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 36_000);
    }

    [Fact]
    public void ADroppedTensorGivesItsBlockBackThroughTheCollector()
    {
        for (int i = 0; i < 20; i++) Assert.Equal(1_000_000, Ops.Ones([1_000_000]).Sum().Item());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(1_000_000, Ops.Ones([1_000_000]).Sum().Item());
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 100_000);
    }
}
