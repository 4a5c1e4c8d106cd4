using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>What is recorded, which tensors receive derivatives, and what wrong calls are told.</summary>
public class GraphTests
{
    [Fact]
    public void ATensorUsedTwiceReceivesBothParts()
    {
        Tensor x = Tensor.From(2.0, 3).Tracked();
        Assert.Equal([5.0, 7], Gradient.Of((x * x + x).Sum(), x).ToArray<double>());
        Tensor y = x.Exp();
        Assert.Equal([2 * Math.Exp(4), 2 * Math.Exp(6)],
            Gradient.Of((y * y).Sum(), x).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12 * a);
        Assert.Equal([2.0, 2], Gradient.Of(Ops.Concat([x, x], 0).Sum(), x).ToArray<double>());
    }

    [Fact]
    public void SeveralInputsAtOnceAndOneByOne()
    {
        Tensor a = Numbers.Random([3, 4], DType.F64, "a").Tracked();
        Tensor b = Numbers.Random([4, 2], DType.F64, "b").Tracked();
        Tensor unused = Tensor.From(1.0, 2, 3).Tracked();
        Tensor y = (a.MatMul(b).Tanh() * a.Sum()).Sum();
        Tensor[] together = Gradient.Of(y, [a, unused, b, a]);
        Numbers.SameBits(Gradient.Of(y, a), together[0], "a");
        Numbers.SameBits(Gradient.Of(y, b), together[2], "b");
        Numbers.SameBits(together[0], together[3], "a again");
        Assert.Equal(new double[3], together[1].ToArray<double>());
    }

    [Fact]
    public void AnInnerTensorCanBeAskedForToo()
    {
        Tensor x = Tensor.From(1.0, 2).Tracked();
        Tensor middle = x * 3;
        Tensor y = middle.Square().Sum();
        Tensor[] both = Gradient.Of(y, [middle, x]);
        Assert.Equal([6.0, 12], both[0].ToArray<double>());
        Assert.Equal([18.0, 36], both[1].ToArray<double>());
        Assert.Equal([1.0, 1], Gradient.Of(x, x, Ops.Ones([2], DType.F64)).ToArray<double>());
        Assert.Equal([6.0, 24], Tangent.Of(middle.Square(), middle, Tensor.From(1.0, 2)).ToArray<double>());
    }

    [Fact]
    public void WhatIsNotReachedGivesZeros()
    {
        Tensor x = Ops.Ones([2, 3]).Tracked();
        Tensor other = Ops.Ones([4]).Tracked();
        Assert.Equal(new float[6], Gradient.Of(other.Sum(), x).ToArray<float>());
        Assert.Equal(new float[6], Gradient.Of(Tensor.Scalar(3f), x).ToArray<float>());
        Assert.Equal(new float[6], Gradient.Of(x.Floor().Sum(), x).ToArray<float>());
        Assert.Equal(new float[6], Gradient.Of(x.Detach().Sum(), x).ToArray<float>());
        Assert.Equal(new float[4], Tangent.Of(other, x, x).ToArray<float>());
        Assert.Equal(new float[6], Tangent.Of(x.Sign(), x, Ops.Ones([2, 3])).ToArray<float>());
    }

    [Fact]
    public void NothingIsRecordedWhilePausedOrWithoutTracking()
    {
        Tensor x = Ops.Ones([2]);
        Assert.False((x * 2).IsTracked);
        Tensor leaf = x.Tracked();
        Assert.True((leaf * 2).IsTracked);
        using (Recording.Pause())
        {
            Assert.False((leaf * 2).IsTracked);
            using (Recording.On()) Assert.True((leaf * 2).IsTracked);
            Assert.False(leaf.Exp().IsTracked);
        }
        Assert.True(leaf.Exp().IsTracked);
        Assert.False(Gradient.Of(leaf.Square().Sum(), leaf).IsTracked);
        Assert.True(Gradient.Of(leaf.Square().Sum(), leaf, record: true).IsTracked);
        Assert.False((leaf > 0.5).IsTracked);
        Assert.False(leaf.ArgMax(0).IsTracked);
    }

    [Fact]
    public void ErrorsSayWhatToDo()
    {
        Tensor x = Ops.Ones([8, 10]).Tracked();
        Assert.Equal("gradient: y has shape [8, 10], not a scalar. Sum it, or pass seed: a tensor of shape [8, 10].",
            Assert.Throws<ArgumentException>(() => Gradient.Of(x * 2, x)).Message);
        Assert.Equal("gradient: seed has shape [10], y has [8, 10]. They must be equal.",
            Assert.Throws<ArgumentException>(() => Gradient.Of(x * 2, x, Ops.Ones([10]))).Message);
        Assert.Equal("gradient: the tensor [2] is not tracked. Call Tracked() on it before computing with it.",
            Assert.Throws<ArgumentException>(() => Gradient.Of(x.Sum(), Ops.Ones([2]))).Message);
        Assert.Equal("tangent: the tensor [2] is not tracked. Call Tracked() on it before computing with it.",
            Assert.Throws<ArgumentException>(() => Tangent.Of(x.Sum(), Ops.Ones([2]), Ops.Ones([2]))).Message);
        Assert.Equal("tangent: v has shape [2], x has [8, 10]. They must be equal.",
            Assert.Throws<ArgumentException>(() => Tangent.Of(x.Sum(), x, Ops.Ones([2]))).Message);
    }

    /// <summary>A model is tracked on one thread and differentiated on another, whose own graphs are younger or older.</summary>
    [Fact]
    public void AGraphMayCrossThreads()
    {
        Tensor x = Tensor.From(3.0).Tracked();
        for (int i = 0; i < 1000; i++) x.Square();
        Tensor late = x.Square().Tracked();
        double gradient = 0;
        double tangent = 0;
        Thread thread = new(() =>
        {
            Tensor y = late.Pow(3).Sum();
            gradient = Gradient.Of(y, late).Item();
            tangent = Tangent.Of(y, x, Tensor.From(1.0)).Item();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(3 * 81.0, gradient);
        Assert.Equal(6 * 243.0, tangent);
    }

    /// <summary>Between floats a cast is linear: the derivative is the identity, rounded to the narrower type.</summary>
    [Fact]
    public void ACastPassesDerivativesOn()
    {
        Tensor x = Numbers.Random([5], DType.F64, "x").Tracked();
        Tensor u = Numbers.Random([5], DType.F32, "u");
        Tensor y = x.Cast(DType.F32);
        Assert.Equal(DType.F32, y.Type);
        Numbers.SameBits(u.Cast(DType.F64), Gradient.Of(y, x, u), "gradient of a cast");
        Numbers.SameBits(u, Tangent.Of(y, x, u.Cast(DType.F64)), "tangent of a cast");
        Assert.False(x.Cast(DType.I32).IsTracked);
        Assert.Equal([-2, 0, 2], Tensor.From(-2.9, 0.5, 2.5).Cast(DType.I32).ToArray<int>());
        Assert.Equal([true, false, true], Tensor.From(0.1f, 0, float.NaN).Cast(DType.Bool).ToArray<bool>());
        Assert.Equal([1.0, 0], Tensor.From(true, false).Cast(DType.F64).ToArray<double>());
    }

    /// <summary>Deep chains are walked without recursion.</summary>
    [Fact]
    public void AChainOfFiftyThousand()
    {
        Tensor x = Tensor.Scalar(1.0).Tracked();
        Tensor y = x;
        for (int i = 0; i < 50_000; i++) y += 1;
        Assert.Equal(1, Gradient.Of(y, x).Item());
        Assert.Equal(1, Tangent.Of(y, x, Tensor.Scalar(1.0)).Item());
    }

    /// <summary>A check that could not fail would be worth nothing: it finds a wrong slope and a wrong second one.</summary>
    [Fact]
    public void TheCheckOfDerivativesFindsMistakes()
    {
        Tensor x = Numbers.Random([4], DType.F64, "x", 0.5, 1.5);
        Tensor wrong(Tensor y) => y + y.Detach().Square();
        GradCheckResult result = GradCheck.Run(xs => wrong(xs[0]), [x], order: 1);
        Assert.False(result.Passed);
        Assert.Contains("gradient, input 0 [4], element", result.Where, StringComparison.Ordinal);
        // The slope 3x² is right, but a second derivative takes it for a constant.
        Tensor half(Tensor y) => Pointwise.Of(new HalfCube(), y);
        Assert.True(GradCheck.Run(xs => half(xs[0]), [x], order: 1).Passed);
        Assert.False(GradCheck.Run(xs => half(xs[0]), [x]).Passed);
        NumericalException error = Assert.Throws<NumericalException>(() => GradCheck.Assert(half, x));
        Assert.Contains("second derivative", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GradCheck.Run(xs => xs[0], [x.Cast(DType.F32)]));
    }

    private readonly struct HalfCube : IPointwise
    {
        public string Name => "half-cube";

        public L Apply<L>(L x) where L : struct, MiniGrad.Kernels.Formulas.ILane<L> => x * x * x;

        public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x.Detach().Square() * 3;
    }
}
