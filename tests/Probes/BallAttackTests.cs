using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>FGSM and PGD on classifiers whose exact answer is known.</summary>
public partial class BallAttackTests
{
    private const int Count = 12;
    private static readonly Shape Shape = [1, 4, 4];

    // Interior images, so that the box never cuts a ball of radius 0.2 (L∞) or the step of an L2 attack.
    private static readonly Tensor Images = ClosedForm.Images(Count, Shape, type: DType.F64, low: 0.35, high: 0.65);

    public static TheoryData<bool, bool> NormsAndAttacks => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(NormsAndAttacks))]
    public void ALinearClassifierFlipsJustAboveItsRadiusAndNeverBelow(bool euclidean, bool iterated)
    {
        for (int i = 0; i < Count; i++)
        {
            double[] w = new Rng(4).At(i).Normal(16);
            double dual = euclidean ? ClosedForm.Norm(w) : w.Sum(Math.Abs);
            double radius = 0.02 + 0.01 * i;
            double sign = i % 2 == 0 ? 1 : -1;
            Classifier classifier = ClosedForm.Linear(w, sign * radius * dual - ClosedForm.Dot(w, ClosedForm.Row(Images, i)), Shape);
            int[] label = [sign > 0 ? 0 : 1];
            bool Breaks(double share)
            {
                Threat ball = euclidean ? Threat.L2(share * radius) : Threat.Linf(share * radius);
                Attack attack = iterated ? new Pgd(ball, RandomStart: false) : new Fgsm(ball);
                return ((BallAttack)attack).Run(classifier, Images.TakeIndices(0, [i]), Goal.Untargeted(label), label).Examples[0].Success;
            }
            Assert.False(Breaks(1 - 1e-6));
            Assert.True(Breaks(1 + 1e-6));
        }
    }

    // From a random start, a step of radius/16 turns the L2 iterate by at most that angle towards the gradient; after 40
    // steps tan(θ/2) has shrunk by about e^(−40/16), so at least cos 0.17 = 0.985 of the radius is used.
    [Theory]
    [InlineData(false, 1 + 1e-6)]
    [InlineData(true, 1.03)]
    public void RandomStartsFlipItTooAndNeverBelow(bool euclidean, double enough)
    {
        double[] w = new Rng(6).Normal(16);
        double dual = euclidean ? ClosedForm.Norm(w) : w.Sum(Math.Abs);
        Tensor image = ClosedForm.Images(1, Shape, type: DType.F64, low: 0.4, high: 0.6);
        Classifier classifier = ClosedForm.Linear(w, 0.1 * dual - ClosedForm.Dot(w, ClosedForm.Row(image, 0)), Shape);
        foreach ((double share, bool broken) in ((double, bool)[])[(1 - 1e-6, false), (enough, true)])
        {
            Threat ball = euclidean ? Threat.L2(0.1 * share) : Threat.Linf(0.1 * share);
            for (int seed = 0; seed < 5; seed++)
            {
                AttackResult result =
                    new Pgd(ball) { Restarts = 2 }.Run(classifier, image, Goal.Untargeted([0]), [0], new RunContext { Seed = seed });
                Assert.Equal(broken, result.Examples[0].Success);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TenClassesAreNeverFlippedBelowTheNearestBoundary(bool euclidean)
    {
        double[][] w = [.. Enumerable.Range(0, 10).Select(k => new Rng(8).At(k).Normal(16))];
        Classifier classifier = ClosedForm.Linear(w, new double[10], Shape);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        for (int i = 0; i < Count; i++)
        {
            double[] z = ClosedForm.Row(classifier.Logits(Images), i);
            double Radius(int j)
            {
                double[] d = ClosedForm.Minus(w[labels[i]], w[j]);
                return (z[labels[i]] - z[j]) / (euclidean ? ClosedForm.Norm(d) : d.Sum(Math.Abs));
            }
            double nearest = Enumerable.Range(0, 10).Where(j => j != labels[i]).Min(Radius);
            Threat Within(double radius) => euclidean ? Threat.L2(radius) : Threat.Linf(radius);
            Tensor image = Images.TakeIndices(0, [i]);
            Assert.Equal(0, new Pgd(Within(nearest * (1 - 1e-6))) { Restarts = 3 }.Run(classifier,
                image, Goal.Untargeted([labels[i]]), [labels[i]]).Successes);
            int target = (labels[i] + 1 + i % 9) % 10;
            Assert.Equal(0,
                new Pgd(Within(Radius(target) * (1 - 1e-6))).Run(classifier, image, Goal.Targeted([target]), [labels[i]]).Successes);
        }
    }

    [Fact]
    public void ATargetedGoalReachesItsClass()
    {
        double[][] w = [.. Enumerable.Range(0, 10).Select(k => new Rng(8).At(k).Normal(16))];
        Classifier classifier = ClosedForm.Linear(w, new double[10], Shape);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        int[] targets = [.. labels.Select((label, i) => (label + 1 + i % 9) % 10)];
        AttackResult result = new Pgd(Threat.Linf(0.35)).Run(classifier, Images, Goal.Targeted(targets), labels);
        for (int i = 0; i < Count; i++) Assert.Equal((true, targets[i]), (result.Examples[i].Success, result.Examples[i].Prediction));
    }

    [Fact]
    public void OfTwoClassesTheTargetedAttackIsTheUntargetedOne()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 2);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        int[] others = Array.ConvertAll(labels, label => 1 - label);
        Pgd attack = new(Threat.Linf(0.05), Steps: 1);
        AttackResult untargeted = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult targeted = attack.Run(classifier, Images, Goal.Targeted(others), labels);
        Numbers.SameBits(untargeted.Output, targeted.Output, "one step of signs");
    }

    [Fact]
    public void ATargetThatIsTheLabelIsNamedAndLeftOut()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        int[] targets = Array.ConvertAll(labels, label => (label + 1) % 3);
        targets[5] = labels[5];
        Pgd attack = new(Threat.Linf(0.1), Steps: 3);
        AttackResult result = attack.Run(classifier, Images, Goal.Targeted(targets), labels);
        ExampleResult same = result.Examples[5];
        Assert.Equal((ExampleStatus.SameClass, false, false, 0), (same.Status, same.Success, same.Counts, same.Forwards));
        Numbers.SameBits(Images.TakeIndices(0, [5]), result.Output.TakeIndices(0, [5]), "returned unchanged");
        Assert.Equal(Count - 1, result.Counted);
        Assert.DoesNotContain(result.Examples, e => e.Index != 5 && e.Status == ExampleStatus.SameClass);
    }

    [Fact]
    public void AnImageThatIsTheTargetAlreadyIsNamed()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] predicted = Logits.Prediction(classifier.Logits(Images));
        int[] labels = Array.ConvertAll(predicted, label => (label + 1) % 3);
        AttackResult result = new Pgd(Threat.Linf(0.1), Steps: 2).Run(classifier, Images, Goal.Targeted(predicted), labels);
        Assert.All(result.Examples, e => Assert.Equal((ExampleStatus.AlreadyMet, true, 0), (e.Status, e.Success, e.Forwards)));
        Numbers.SameBits(Images, result.Output, "already met");
    }

    [Fact]
    public void NothingToAttackIsSaid()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Array.ConvertAll(Logits.Prediction(classifier.Logits(Images)), label => (label + 1) % 3);
        AttackResult result = new Fgsm(Threat.Linf(0.1)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.Contains(result.Warnings, text => text.Contains($"all {Count} images", StringComparison.Ordinal));
    }

    [Fact]
    public void AtTheCentreOfASphereOnlyARandomStartFindsAGradient()
    {
        Tensor image = ClosedForm.Constant(Enumerable.Repeat(0.5, 16).ToArray(), [1, 1, 4, 4], DType.F64);
        Classifier classifier = ClosedForm.Sphere(ClosedForm.Row(image, 0), 0.3, Shape);
        Pgd attack = new(Threat.L2(0.301), RandomStart: false);
        AttackResult stuck = attack.Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.False(stuck.Examples[0].Success);
        Numbers.SameBits(image, stuck.Output, "a zero gradient moves nothing");
        Assert.Contains("1 of 1", Assert.Single(stuck.Warnings), StringComparison.Ordinal);
        AttackResult free = (attack with { RandomStart = true }).Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.True(free.Examples[0].Success);
        Assert.Equal(0.301, free.Examples[0].DistanceL2, 1e-9);
        Assert.False((attack with { Within = Threat.L2(0.2999), RandomStart = true })
            .Run(classifier, image, Goal.Untargeted([1]), [1]).Examples[0].Success);
    }

    [Fact]
    public void ASphereIsBrokenJustBeyondItsDistance()
    {
        double[] centre = Enumerable.Repeat(0.5, 16).ToArray();
        Classifier classifier = ClosedForm.Sphere(centre, 0.3, Shape);
        double[] direction = new Rng(2).Normal(16);
        double[] inside = [.. centre.Zip(direction, (c, d) => c + 0.1 * d / ClosedForm.Norm(direction))];
        Tensor image = ClosedForm.Constant(inside, [1, 1, 4, 4], DType.F64);
        Assert.Equal(0,
            new Pgd(Threat.L2(0.2 * (1 - 1e-6)), RandomStart: false).Run(classifier, image, Goal.Untargeted([1]), [1]).Successes);
        AttackResult broken = new Pgd(Threat.L2(0.2 * (1 + 1e-6)), RandomStart: false).Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.Equal(1, broken.Successes);
        Assert.Equal(0.2, broken.Examples[0].DistanceL2, 1e-6);
    }

    [Fact]
    public void AQuadraticIsLeftInTheDirectionOfItsGradient()
    {
        double[] matrix = new double[256];
        for (int i = 0; i < 16; i++) matrix[17 * i] = i < 8 ? 2 : -1;
        Classifier classifier = ClosedForm.Quadratic([matrix, new double[256]],
            [new double[16], Enumerable.Repeat(0.02, 16).ToArray()], Shape);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        Assert.All(labels, label => Assert.Equal(0, label));
        AttackResult result = new Fgsm(Threat.Linf(0.01)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        for (int i = 0; i < Count; i++)
        {
            double[] x = ClosedForm.Row(Images, i);
            double[] step = ClosedForm.Minus(ClosedForm.Row(result.Output, i), x);
            // ∇(z₁ − z₀) = 0.02 − A x.
            for (int p = 0; p < 16; p++) Assert.Equal(0.01 * Math.Sign(0.02 - matrix[17 * p] * x[p]), step[p], 1e-12);
        }
    }
}
