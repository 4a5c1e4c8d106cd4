using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>A walk gives back what it made as soon as nothing needs it, and only that.</summary>
[Collection(SerialCollection.Name)]
public class WalkMemoryTests
{
    private const int Depth = 64;

    /// <summary>Of a size that no other test uses, so that the pool has no such block before.</summary>
    private const int Elements = 903_311;

    [Fact]
    public void ADeepChainNeedsAFewBlocksBackwards()
    {
        Tensor x = Ops.Full([Elements], 0.5).Tracked();
        Tensor y = x;
        for (int i = 0; i < Depth; i++) y = y.Tanh();
        long bytes = Allocated(() => Gradient.Of(y, x, Ops.Ones([Elements])));
        // The seed, the cotangent that is consumed and the one that is made, and two temporaries of tanh's rule.
        Assert.InRange(bytes, 0, 7L * 4 * Elements);
    }

    [Fact]
    public void ADeepChainNeedsAFewBlocksForwards()
    {
        const int elements = Elements + 500_000;
        Tensor x = Ops.Full([elements], 0.5).Tracked();
        Tensor y = x;
        for (int i = 0; i < Depth; i++) y = y.Tanh();
        long bytes = Allocated(() => Tangent.Of(y, x, Ops.Ones([elements])));
        Assert.InRange(bytes, 0, 7L * 4 * elements);
    }

    /// <summary>
    /// Every sharing of memory that a rule may come up with, against the walk that records and therefore recycles nothing.
    /// </summary>
    [Fact]
    public void SharedMemoryIsNotRecycledTooSoon()
    {
        foreach (int size in (ReadOnlySpan<int>)[6, 40_000])
        {
            Tensor a = Numbers.Random([2, size], DType.F64, "a");
            Same("the same tensor twice", x => Twin.Of(x, x * 2).Square() + Twin.Of(x, x), a);
            Same("the cotangent itself", x => (x + x) + (x + 1).Reshape(size, 2).Transpose().Contiguous().Reshape(2, size), a);
            Same("views of cotangents", x => x.Slice(0, 0, 1).Exp() * x.Slice(0, 1, 2).Transpose().Sin().Transpose(), a);
            Same("a broadcast cotangent", x => x.Square().Sum(1, keepDims: true) * x.Sum(0, keepDims: true), a);
            Same("a residual chain", Residual, a);
            Same("an input as cotangent", x => Fixed.Of(x) * x, a);
        }
    }

    [Fact]
    public void InnerTensorsAskedForSurvive()
    {
        Tensor x = Numbers.Random([3, 30_000], DType.F32, "x").Tracked();
        Tensor middle = x.Tanh();
        Tensor y = (middle * middle.Reshape(30_000, 3).Transpose().Sin().Reshape(3, 30_000)).Sum();
        Tensor[] expected = Gradient.Of(y, [middle, x, middle], record: true);
        Tensor[] actual = Gradient.Of(y, [middle, x, middle]);
        for (int i = 0; i < 3; i++) Numbers.SameBits(expected[i], actual[i], $"gradient {i}");
    }

    /// <summary>The seed, and whatever else the walk did not make, stays as it was.</summary>
    [Fact]
    public void WhatTheWalkDidNotMakeStays()
    {
        Tensor x = Numbers.Random([50_000], DType.F32, "x").Tracked();
        Tensor seed = Numbers.Random([50_000], DType.F32, "seed");
        Tensor same = Gradient.Of(x.Reshape(500, 100).Reshape(50_000), x, seed);
        Numbers.SameBits(seed, same, "the seed comes back");
        Gradient.Of(x.Tanh().Reshape(500, 100).Sum(0), x, seed.Slice(0, 0, 100));
        Assert.True(double.IsFinite(seed.Sum().Item()));
        Tensor direction = Tangent.Of(x.Reshape(500, 100), x, seed);
        Numbers.SameBits(seed.Reshape(500, 100), direction, "the direction comes back");
        Assert.True(double.IsFinite(seed.Sum().Item()));
    }

    [Fact]
    public void WalksInsideStepsAndStepsInsideWalks()
    {
        Tensor x = Numbers.Random([4, 20_000], DType.F32, "x");
        Tensor expected = Gradient.Of(y => Residual(y).Sum(), x, record: true);
        Tensor? inner = null;
        Tensor kept = Arena.Step(
            () =>
            {
                inner = Gradient.Of(y => Residual(y).Sum(), x);
                Tensor again = Gradient.Of(y => Stepping.Of(y).Sum(), x);
                Numbers.SameBits(x * 2, again, "a rule with a step of its own");
                return inner * 1;
            },
            result => [result]);
        Numbers.SameBits(expected, kept, "kept by the step");
        Assert.Throws<InvalidOperationException>(() => inner!.Sum());
    }

    private static Tensor Residual(Tensor x)
    {
        for (int i = 0; i < 5; i++) x = x + x.Tanh() * x.Sigmoid();
        return x;
    }

    private static void Same(string what, Func<Tensor, Tensor> f, Tensor x)
    {
        Tensor leaf = x.Tracked();
        Tensor y = f(leaf);
        Tensor seed = Numbers.Random(y.Shape, x.Type, "seed");
        Tensor v = Numbers.Random(x.Shape, x.Type, "v");
        Numbers.SameBits(Gradient.Of(y, leaf, seed, record: true), Gradient.Of(y, leaf, seed), what);
        Numbers.SameBits(Tangent.Of(y, leaf, v, record: true), Tangent.Of(y, leaf, v), $"{what}: tangent");
    }

    private static long Allocated(Func<Tensor> work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>a + b whose rule makes one new tensor and returns it for both.</summary>
    private sealed class Twin : Op
    {
        public override string Name => "twin";

        public static Tensor Of(Tensor a, Tensor b) => Record(new Twin(), [a, b], a.Detach() + b.Detach());

        public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
        {
            Tensor both = g * 1;
            return [both, both];
        }
    }

    /// <summary>½x², whose rule answers a cotangent of ones by its own input.</summary>
    private sealed class Fixed : Op
    {
        public override string Name => "fixed";

        public static Tensor Of(Tensor x) => Record(new Fixed(), [x], x.Detach().Square() * 0.5);

        public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) =>
            [g.ToArray<double>().All(value => value == 1) ? node.Inputs[0] : g * node.Inputs[0]];
    }

    /// <summary>x² with a rule that runs a step, and keeps a constant outside of every arena.</summary>
    private sealed class Stepping : Op
    {
        private static Tensor? two;

        public override string Name => "stepping";

        public static Tensor Of(Tensor x) => Record(new Stepping(), [x], x.Detach().Square());

        public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
        {
            using (Arena.Outside()) two ??= Ops.Full([20_000], 2);
            return [Arena.Step(() => g * node.Inputs[0] * two, result => [result])];
        }
    }
}
