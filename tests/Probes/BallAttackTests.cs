using MiniGrad.Probes;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>FGSM and PGD on classifiers whose exact answer is known.</summary>
public class BallAttackTests
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
                Ball ball = euclidean ? Ball.L2(share * radius) : Ball.Linf(share * radius);
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
            Ball ball = euclidean ? Ball.L2(0.1 * share) : Ball.Linf(0.1 * share);
            for (int seed = 0; seed < 5; seed++)
            {
                AttackResult result = new Pgd(ball) { Restarts = 2 }.Run(classifier, image, Goal.Untargeted([0]), [0], new RunContext { Seed = seed });
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
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        for (int i = 0; i < Count; i++)
        {
            double[] z = ClosedForm.Row(classifier.Logits(Images), i);
            double Radius(int j)
            {
                double[] d = ClosedForm.Minus(w[labels[i]], w[j]);
                return (z[labels[i]] - z[j]) / (euclidean ? ClosedForm.Norm(d) : d.Sum(Math.Abs));
            }
            double nearest = Enumerable.Range(0, 10).Where(j => j != labels[i]).Min(Radius);
            Ball Within(double radius) => euclidean ? Ball.L2(radius) : Ball.Linf(radius);
            Tensor image = Images.TakeIndices(0, [i]);
            Assert.Equal(0, new Pgd(Within(nearest * (1 - 1e-6))) { Restarts = 3 }.Run(classifier, image, Goal.Untargeted([labels[i]]), [labels[i]]).Successes);
            int target = (labels[i] + 1 + i % 9) % 10;
            Assert.Equal(0, new Pgd(Within(Radius(target) * (1 - 1e-6))).Run(classifier, image, Goal.Targeted([target]), [labels[i]]).Successes);
        }
    }

    [Fact]
    public void ATargetedGoalReachesItsClass()
    {
        double[][] w = [.. Enumerable.Range(0, 10).Select(k => new Rng(8).At(k).Normal(16))];
        Classifier classifier = ClosedForm.Linear(w, new double[10], Shape);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        int[] targets = [.. labels.Select((label, i) => (label + 1 + i % 9) % 10)];
        AttackResult result = new Pgd(Ball.Linf(0.35)).Run(classifier, Images, Goal.Targeted(targets), labels);
        for (int i = 0; i < Count; i++) Assert.Equal((true, targets[i]), (result.Examples[i].Success, result.Examples[i].Prediction));
    }

    [Fact]
    public void OfTwoClassesTheTargetedAttackIsTheUntargetedOne()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 2);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        int[] others = Array.ConvertAll(labels, label => 1 - label);
        Pgd attack = new(Ball.Linf(0.05), Steps: 1);
        AttackResult untargeted = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult targeted = attack.Run(classifier, Images, Goal.Targeted(others), labels);
        Numbers.SameBits(untargeted.Output, targeted.Output, "one step of signs");
    }

    [Fact]
    public void ATargetThatIsTheLabelIsNamedAndLeftOut()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        int[] targets = Array.ConvertAll(labels, label => (label + 1) % 3);
        targets[5] = labels[5];
        Pgd attack = new(Ball.Linf(0.1), Steps: 3);
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
        int[] predicted = Confidence.Prediction(classifier.Logits(Images));
        int[] labels = Array.ConvertAll(predicted, label => (label + 1) % 3);
        AttackResult result = new Pgd(Ball.Linf(0.1), Steps: 2).Run(classifier, Images, Goal.Targeted(predicted), labels);
        Assert.All(result.Examples, e => Assert.Equal((ExampleStatus.AlreadyMet, true, 0), (e.Status, e.Success, e.Forwards)));
        Numbers.SameBits(Images, result.Output, "already met");
    }

    [Fact]
    public void NothingToAttackIsSaid()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Array.ConvertAll(Confidence.Prediction(classifier.Logits(Images)), label => (label + 1) % 3);
        AttackResult result = new Fgsm(Ball.Linf(0.1)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.Contains(result.Warnings, text => text.Contains($"all {Count} images", StringComparison.Ordinal));
    }

    [Fact]
    public void AtTheCentreOfASphereOnlyARandomStartFindsAGradient()
    {
        Tensor image = ClosedForm.Constant(Enumerable.Repeat(0.5, 16).ToArray(), [1, 1, 4, 4], DType.F64);
        Classifier classifier = ClosedForm.Sphere(ClosedForm.Row(image, 0), 0.3, Shape);
        Pgd attack = new(Ball.L2(0.301), RandomStart: false);
        AttackResult stuck = attack.Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.False(stuck.Examples[0].Success);
        Numbers.SameBits(image, stuck.Output, "a zero gradient moves nothing");
        Assert.Contains("1 of 1", Assert.Single(stuck.Warnings), StringComparison.Ordinal);
        AttackResult free = (attack with { RandomStart = true }).Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.True(free.Examples[0].Success);
        Assert.Equal(0.301, free.Examples[0].DistanceL2, 1e-9);
        Assert.False((attack with { Within = Ball.L2(0.2999), RandomStart = true }).Run(classifier, image, Goal.Untargeted([1]), [1]).Examples[0].Success);
    }

    [Fact]
    public void ASphereIsBrokenJustBeyondItsDistance()
    {
        double[] centre = Enumerable.Repeat(0.5, 16).ToArray();
        Classifier classifier = ClosedForm.Sphere(centre, 0.3, Shape);
        double[] direction = new Rng(2).Normal(16);
        double[] inside = [.. centre.Zip(direction, (c, d) => c + 0.1 * d / ClosedForm.Norm(direction))];
        Tensor image = ClosedForm.Constant(inside, [1, 1, 4, 4], DType.F64);
        Assert.Equal(0, new Pgd(Ball.L2(0.2 * (1 - 1e-6)), RandomStart: false).Run(classifier, image, Goal.Untargeted([1]), [1]).Successes);
        AttackResult broken = new Pgd(Ball.L2(0.2 * (1 + 1e-6)), RandomStart: false).Run(classifier, image, Goal.Untargeted([1]), [1]);
        Assert.Equal(1, broken.Successes);
        Assert.Equal(0.2, broken.Examples[0].DistanceL2, 1e-6);
    }

    [Fact]
    public void AQuadraticIsLeftInTheDirectionOfItsGradient()
    {
        double[] matrix = new double[256];
        for (int i = 0; i < 16; i++) matrix[17 * i] = i < 8 ? 2 : -1;
        Classifier classifier = ClosedForm.Quadratic([matrix, new double[256]], [new double[16], Enumerable.Repeat(0.02, 16).ToArray()], Shape);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        Assert.All(labels, label => Assert.Equal(0, label));
        AttackResult result = new Fgsm(Ball.Linf(0.01)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        for (int i = 0; i < Count; i++)
        {
            double[] x = ClosedForm.Row(Images, i);
            double[] step = ClosedForm.Minus(ClosedForm.Row(result.Output, i), x);
            // ∇(z₁ − z₀) = 0.02 − A x.
            for (int p = 0; p < 16; p++) Assert.Equal(0.01 * Math.Sign(0.02 - matrix[17 * p] * x[p]), step[p], 1e-12);
        }
    }

    [Fact]
    public void ARestartOnlyAdds()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        Pgd attack = new(Ball.Linf(0.06), Steps: 1, StepSize: 0.02);
        AttackResult once = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult often = (attack with { Restarts = 20 }).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.InRange(once.Successes, 1, Count - 1);
        Assert.True(often.Successes > once.Successes);
        for (int i = 0; i < Count; i++)
        {
            if (!once.Examples[i].Success)
            {
                if (!often.Examples[i].Success) Assert.Equal(20, often.Examples[i].Gradients);
                continue;
            }
            Assert.Equal(once.Examples[i], often.Examples[i]);
            Numbers.SameBits(once.Output.TakeIndices(0, [i]), often.Output.TakeIndices(0, [i]), $"example {i} is not started again");
        }
    }

    [Fact]
    public void QueriesAreCounted()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        AttackResult fgsm = new Fgsm(Ball.Linf(1e-4)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.All(fgsm.Examples, e => Assert.Equal((1, 2, 1), (e.Iterations, e.Forwards, e.Gradients)));
        AttackResult pgd = new Pgd(Ball.Linf(1e-4), Steps: 5) { Restarts = 3 }.Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.All(pgd.Examples, e => Assert.Equal((15, 18, 15), (e.Iterations, e.Forwards, e.Gradients)));
    }

    [Fact]
    public void TheLossAtTheOutputIsNoLowerThanAtTheStart()
    {
        Classifier[] classifiers = [ClosedForm.TwoLayer(Shape, 2), ClosedForm.TwoLayer(Shape, 2, seed: 2), ClosedForm.Linear(new Rng(3).Normal(16), 0, Shape)];
        foreach (Classifier classifier in classifiers)
        {
            int[] labels = Confidence.Prediction(classifier.Logits(Images));
            foreach (Ball ball in (Ball[])[Ball.Linf(0.02), Ball.L2(0.1)])
            {
                AttackResult result = new Pgd(ball, RandomStart: false).Run(classifier, Images, Goal.Untargeted(labels), labels);
                Assert.All(result.Examples, e => Assert.True(e.Confidence <= e.SourceConfidence, $"{ball}: {e}"));
            }
        }
    }

    [Fact]
    public void TheKeptSuccessIsTheOneOfHighestLoss()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 2);
        int[] labels = Confidence.Prediction(classifier.Logits(Images));
        Pgd attack = new(Ball.Linf(0.1), Steps: 10, RandomStart: false);
        AttackResult best = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult first = (attack with { StopAtSuccess = true }).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.True(best.Successes > 0);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(best.Examples[i].Success, first.Examples[i].Success);
            Assert.True(best.Examples[i].Confidence <= first.Examples[i].Confidence);
            Assert.True(first.Examples[i].Gradients <= best.Examples[i].Gradients);
        }
        Assert.Contains(best.Examples, e => e.Success && e.Confidence < 0.9 * first.Examples[e.Index].Confidence);
    }

    [Fact]
    public void ABallOfRadiusZeroHoldsTheImageOnly()
    {
        AttackProblem problem = AttackProblem.Random;
        foreach (Ball ball in (Ball[])[Ball.Linf(0), Ball.L2(0)])
        {
            foreach (Attack attack in (Attack[])[new Fgsm(ball), new Pgd(ball, Steps: 3) { Restarts = 2 }])
            {
                AttackResult result = problem.Run(attack);
                Numbers.SameBits(problem.Images, result.Output, $"{attack}");
                Assert.Equal(1, result.Successes);
            }
        }
    }

    [Fact]
    public void RandomStartsFillTheBall()
    {
        Rng[] rngs = [.. Enumerable.Range(0, 400).Select(i => new Rng(1).At(i))];
        Tensor centre = Ops.Zeros([400, 1, 2, 2], DType.F64);
        double[] linf = ClosedForm.Doubles(Ball.Linf(0.5).RandomStart(centre, rngs));
        Assert.InRange(linf.Max(Math.Abs), 0.49, 0.5);
        Assert.Equal(0, linf.Average(), 0.03);
        double[] radii = [.. Enumerable.Range(0, 400).Select(i => ClosedForm.Norm(ClosedForm.Row(Ball.L2(0.5).RandomStart(centre, rngs), i)))];
        Assert.InRange(radii.Max(), 0.49, 0.5 + 1e-12);
        // Uniform in a ball of dimension 4: (r/R)⁴ is uniform.
        Assert.Equal(0.5, radii.Average(r => Math.Pow(r / 0.5, 4)), 0.05);
    }

    [Fact]
    public void ProjectionsAreIdempotentAndNearest()
    {
        Rng rng = new(12);
        Tensor centre = ClosedForm.Images(50, Shape, 1, DType.F64);
        Tensor x = ClosedForm.Images(50, Shape, 2, DType.F64, -1, 2);
        foreach (Ball ball in (Ball[])[Ball.Linf(0.4), Ball.L2(1.2)])
        {
            Tensor projected = ball.Project(centre, x);
            Numbers.Close(projected, ball.Project(centre, projected), _ => 1e-15, $"{ball}");
            double[] distance = ball.Distance(centre, projected);
            for (int i = 0; i < 50; i++)
            {
                Assert.True(distance[i] <= ball.Radius * (1 + 1e-12));
                (double[] p, double[] from, double[] c) = (ClosedForm.Row(projected, i), ClosedForm.Row(x, i), ClosedForm.Row(centre, i));
                double nearest = ClosedForm.Norm(ClosedForm.Minus(p, from));
                for (int k = 0; k < 20; k++)
                {
                    double[] d = rng.At(i).At(k).Normal(16);
                    double size = ball is LinfBall ? d.Max(Math.Abs) : ClosedForm.Norm(d);
                    double[] other = [.. c.Zip(d, (a, b) => a + b * ball.Radius / size)];
                    Assert.True(ClosedForm.Norm(ClosedForm.Minus(other, from)) >= nearest - 1e-12);
                }
            }
        }
    }

    [Fact]
    public void TinyGradientsKeepTheirDirection()
    {
        Tensor gradient = ClosedForm.Constant([3e-30, -4e-30, 0, 0], [1, 1, 2, 2], DType.F32);
        Assert.Equal([0.6, -0.8, 0, 0], ClosedForm.Doubles(Ball.L2(1).Steepest(gradient)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, -1, 0, 0], ClosedForm.Doubles(Ball.Linf(1).Steepest(gradient)));
        Assert.Equal([0, 0, 0, 0], ClosedForm.Doubles(Ball.L2(1).Steepest(gradient * 0)));
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        AttackProblem problem = AttackProblem.Random;
        Fgsm attack = new(Ball.Linf(0.1));
        void Refused(string value, Action run) => Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("image 0 is outside the box", () => (problem with { Images = problem.Images + 1 }).Run(attack));
        Refused("NaN", () => (problem with { Images = problem.Images * double.NaN }).Run(attack));
        Refused("[7, 36]", () => (problem with { Images = problem.Images.Flatten() }).Run(attack));
        Refused("6 classes for 7", () => (problem with { Labels = new int[6] }).Run(attack));
        Refused("class 4 of image 2", () => (problem with { Labels = [0, 0, 4, 0, 0, 0, 0] }).Run(attack));
        Refused("empty", () => (problem with { Images = Ops.Zeros([0, 1, 6, 6]), Labels = [] }).Run(attack));
        Refused("expected [7, 3]", () => (problem with { Classifier = new(problem.Classifier.Logits, AttackProblem.Shape, 3), Labels = new int[7] }).Run(attack));
        Refused("1 classes", () => ClosedForm.Linear([new double[36]], [0], AttackProblem.Shape));
        Refused("the box [1, 1]", () => ClosedForm.Linear(new double[36], 0, AttackProblem.Shape, 1, 1));
    }
}
