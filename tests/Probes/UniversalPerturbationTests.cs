using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Universal perturbations: closed forms, the ball, what the rates say, seeds, refusals.</summary>
public class UniversalPerturbationTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Classifier Curved = ClosedForm.TwoLayer([1, 6, 6], 4);
    private static readonly Tensor Crafting = ClosedForm.Images(30, [1, 6, 6], 5);
    private static readonly Tensor HeldOut = ClosedForm.Images(50, [1, 6, 6], 6);
    private static readonly int[] CraftingLabels = Labels(Crafting);
    private static readonly int[] HeldOutLabels = Labels(HeldOut);

    [Theory]
    [InlineData(10, DType.F64)]
    [InlineData(0.2, DType.F64)]
    [InlineData(0.2, DType.F32)]
    public void OnOneSideOfAPlaneItIsTheNormalCutToTheBall(double radius, DType type)
    {
        double[] w = new Rng(31).Normal(16);
        // All images have s > 0; the boundary is far for the small ball and near for the large one.
        Classifier classifier = ClosedForm.Linear(w, w.Sum(v => Math.Max(0, -v)) + 1, Shape);
        Tensor images = ClosedForm.Images(20, Shape, 2, type);
        UniversalResult l2 = new UniversalPerturbation(Threat.L2(radius)).Craft(classifier, images, new int[20], images, new int[20]);
        double[] v = ClosedForm.Doubles(l2.Perturbation);
        double length = ClosedForm.Norm(v);
        Assert.True(length <= radius);
        for (int i = 0; i < 16; i++) Assert.Equal(-w[i] / ClosedForm.Norm(w), v[i] / length, 1e-6);
        bool isLarge = radius > 1;
        Assert.Equal((isLarge, isLarge ? 20 : 0), (l2.Reached, l2.HeldOut.Fooled));
        if (!isLarge) Assert.Equal(radius, length, 1e-6);

        double[] u = ClosedForm.Doubles(
            new UniversalPerturbation(Threat.Linf(radius)).Craft(classifier, images, new int[20], images, new int[20]).Perturbation);
        Assert.True(u.Max(Math.Abs) <= radius);
        double factor = u.Zip(w, (a, b) => -a / b).Max();
        for (int i = 0; i < 16; i++) Assert.Equal(Math.Clamp(-factor * w[i], -radius, radius), u[i], 1e-6);
    }

    [Fact]
    public void RatesAreWhatAFreshEvaluationSays()
    {
        UniversalResult result =
            new UniversalPerturbation(Threat.L2(0.6), Passes: 3).Craft(Curved, Crafting, CraftingLabels, HeldOut, HeldOutLabels);
        AssertRate(result.Crafting, Crafting, CraftingLabels, result.Perturbation);
        AssertRate(result.HeldOut, HeldOut, HeldOutLabels, result.Perturbation);
        Assert.InRange(result.HeldOut.Fooled, 1, 49);
        Assert.Equal(result.Passes.Max(p => p.Fooled), result.HeldOut.Fooled);
        Assert.Equal(result.Passes[result.BestPass - 1], result.HeldOut);
        Assert.Equal(3, result.Passes.Count);
        Assert.False(result.Reached || result.Interrupted);
        Assert.True(result.Updates > 0);
        Assert.StartsWith("UniversalPerturbation { Within = L2(0.6), Delta = 0.2, Passes = 3",
            result.Configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSearchEndsWhenEnoughAreFooled()
    {
        UniversalResult result =
            new UniversalPerturbation(Threat.L2(0.6), Delta: 0.8).Craft(Curved, Crafting, CraftingLabels, HeldOut, HeldOutLabels);
        Assert.True(result.Reached && result.HeldOut.Share >= 0.2);
        Assert.All(result.Passes.SkipLast(1), p => Assert.True(p.Share < 0.2));
        Assert.True(result.Passes.Count < 10);
    }

    [Fact]
    public void TheBallIsRespectedExactly()
    {
        foreach (Threat ball in (Threat[])[Threat.L2(0.37), Threat.Linf(10.0 / 255), Threat.L2(1e-3)])
        {
            foreach (DType type in (DType[])[DType.F32, DType.F64])
            {
                double[] v = ClosedForm.Doubles(new UniversalPerturbation(ball, Passes: 2)
                    .Craft(Curved, Crafting.Cast(type), CraftingLabels, HeldOut.Cast(type), HeldOutLabels).Perturbation);
                double size = ball is Linf ? v.Max(Math.Abs) : ClosedForm.Norm(v);
                Assert.True(size <= ball.Radius, $"{ball}, {type}: {size:R}");
            }
        }
    }

    [Fact]
    public void TheSeedFixesTheOrder()
    {
        UniversalPerturbation search = new(Threat.L2(0.6), Passes: 2);
        Tensor Of(long seed, int chunk) => search.Craft(Curved, Crafting, CraftingLabels, HeldOut,
            HeldOutLabels, new RunContext { Seed = seed, ChunkSize = chunk }).Perturbation;
        Tensor first = Of(4, 64);
        Numbers.SameBits(first, Of(4, 7), "the same seed, other chunks");
        Assert.NotEqual(ClosedForm.Doubles(first), ClosedForm.Doubles(Of(5, 64)));
    }

    [Fact]
    public void AFailedStepChangesNothing()
    {
        Classifier flat = ClosedForm.Constant([1, 0], Shape);
        Tensor images = ClosedForm.Images(6, Shape);
        UniversalResult result = (new UniversalPerturbation() with { Passes = 2 }).Craft(
            flat, images, new int[6], images, [0, 0, 1, 0, 0, 0]);
        Assert.Equal((12, 0, 1, false), (result.Failures, result.Updates, result.BestPass, result.Reached));
        Assert.All(ClosedForm.Doubles(result.Perturbation), v => Assert.Equal(0, v));
        Assert.Equal((0.0, 1.0 / 6, 1), (result.HeldOut.Share, result.HeldOut.Error, result.HeldOut.WrongBefore));
    }

    [Fact]
    public void ACancelledSearchGivesWhatItHas()
    {
        using CancellationTokenSource source = new();
        Told progress = new(p =>
        {
            if (p.Finished == 12) source.Cancel();
        });
        RunContext run = new() { Cancellation = source.Token, Progress = progress };
        UniversalResult result =
            new UniversalPerturbation(Threat.L2(0.6)).Craft(Curved, Crafting, CraftingLabels, HeldOut, HeldOutLabels, run);
        Assert.True(result.Interrupted);
        Assert.Single(result.Passes);
        AssertRate(result.HeldOut, HeldOut, HeldOutLabels, result.Perturbation);
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        void Refused(string words, UniversalPerturbation search, Tensor? crafting = null, Tensor? heldOut = null, int[]? labels = null) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() =>
                search.Craft(Curved, crafting ?? Crafting, CraftingLabels, heldOut ?? HeldOut,
                    labels ?? HeldOutLabels)).Message, StringComparison.Ordinal);
        UniversalPerturbation good = new();
        Assert.Equal(Threat.Linf(10.0 / 255), good.Within);
        Refused("radius 0 must be positive", good with { Within = Threat.L2(0) });
        Refused("delta 0 is outside", good with { Delta = 0 });
        Refused("delta 1 is outside", good with { Delta = 1 });
        Refused("0 passes", good with { Passes = 0 });
        Refused("0 iterations", good with { Iterations = 0 });
        Refused("crafting images: the batch is empty", good, crafting: Ops.Zeros([0, 1, 6, 6]));
        Refused("held-out images: the batch is empty", good, heldOut: Ops.Zeros([0, 1, 6, 6]));
        Refused("crafting images: image 0 is outside the box", good, crafting: Crafting + 1);
        Refused("held-out images: 49 classes for 50", good, labels: HeldOutLabels[1..]);
        Assert.Contains("expected [1, 1, 6, 6]",
            Assert.ThrowsAny<ArgumentException>(() => FoolingRate.Of(Curved, HeldOut, HeldOutLabels, Ops.Zeros([1, 6, 6]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("image 0", Assert.Throws<NumericalException>(() => FoolingRate.Of(ClosedForm.NanBeyond(Curved, 0), HeldOut,
            HeldOutLabels, Ops.Zeros([1, 1, 6, 6]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ABallOfL2MustHaveItsRadius()
    {
        Attack Bound(params (string Name, string Text)[] given) =>
            AttackBinder.Bind(AttackCatalog.Find("universal"), given.ToDictionary(pair => pair.Name, pair => pair.Text));
        Assert.Equal(new UniversalPerturbation(Threat.Linf(10.0 / 255)), Bound());
        Assert.Equal(new UniversalPerturbation(Threat.L2(0.5)), Bound(("norm", "l2"), ("epsilon", "0.5")));
        Assert.Contains("universal: for --norm l2 there is no usual radius",
            Assert.Throws<ArgumentException>(() => Bound(("norm", "l2"))).Message, StringComparison.Ordinal);
    }

    private static void AssertRate(FoolingRate rate, Tensor images, int[] labels, Tensor v)
    {
        int[] before = Logits.Prediction(Curved.Logits(images));
        int[] after = Logits.Prediction(Curved.Logits(images + v));
        int[] clipped = Logits.Prediction(Curved.Logits((images + v).Clamp(0, 1)));
        int Differ(int[] a, int[] b) => a.Zip(b).Count(pair => pair.First != pair.Second);
        Assert.Equal(new FoolingRate(labels.Length, Differ(after, before), Differ(clipped, before), Differ(after, labels),
            Differ(clipped, labels), Differ(before, labels)),
            rate);
    }

    /// <summary>As predicted, but one in five wrong.</summary>
    private static int[] Labels(Tensor images) =>
        [.. Logits.Prediction(Curved.Logits(images)).Select((k, i) => i % 5 == 2 ? (k + 1) % 4 : k)];

    private sealed class Told(Action<RunProgress> tell) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => tell(value);
    }
}
