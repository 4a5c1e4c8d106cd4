using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Probes;

/// <summary>AutoPGD: its schedule, what its bookkeeping promises, and that it is worth its gradients.</summary>
public sealed class AutoPgdTests(ITestOutputHelper output)
{
    public static TheoryData<Threat, string> Strangers => new()
    {
        { Threat.L1(2), "L1(2)" },
        { Threat.L0(3), "L0(3)" },
        { new UnionThreat(Threat.Linf(0.1), Threat.L2(1)), "Linf(0.1) or L2(1)" },
        { new Warp(30, 3), "Warp" },
        { new FeatureBall(0.5), "eature" },
    };

    [Fact]
    public void AHundredStepsAreCheckedEightTimes() => Assert.Equal([22, 41, 57, 70, 80, 87, 93, 99], AutoPgd.Checkpoints(100));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(1000)]
    public void AnyNumberOfStepsHasChecks(int steps)
    {
        IReadOnlyList<int> checks = AutoPgd.Checkpoints(steps);
        Assert.Equal(Math.Max(1, 22 * steps / 100), checks[0]);
        Assert.Equal(checks.Distinct().Order(), checks);
        Assert.InRange(checks[^1], 1, steps);
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void TheBestNeverFallsAndLengthsOnlyHalve(string norm)
    {
        List<ApgdMoment> course = [];
        Threat ball = norm == "linf" ? Threat.Linf(0.05) : Threat.L2(0.3);
        AttackProblem problem = AttackProblem.Random;
        AttackResult result = new WatchedApgd(ball, 40, course).Run(problem.Classifier, problem.Examples(new Apgd(ball)));
        Assert.Equal(41, course.Count);
        Tensor images = problem.Images.TakeIndices(0, [.. Enumerable.Range(0, problem.Count).Where(i => i != AttackProblem.Wrong)]);
        // The search starts at the whole radius, as far as the box allows.
        Tensor first = Tensor.From(course[0].Point, images.Shape);
        double[] start = ball.Distance(images.Cast(DType.F64), first);
        Assert.All(start, distance => Assert.InRange(distance, ball.Radius * 0.8, ball.Radius * (1 + 1e-5)));
        int halvings = 0;
        for (int step = 1; step < course.Count; step++)
        {
            bool isChecked = AutoPgd.Checkpoints(40).Contains(step);
            for (int row = 0; row < course[0].Progress.Length; row++)
            {
                (AutoPgdProgress before, AutoPgdProgress now) = (course[step - 1].Progress[row], course[step].Progress[row]);
                Assert.True(now.BestLoss >= before.BestLoss && now.BestLoss >= now.Loss);
                bool isHalved = now.Length == before.Length / 2;
                Assert.True(isHalved ? isChecked : now.Length == before.Length);
                if (isHalved) Assert.Equal(now.BestLoss, now.Loss);
                halvings += isHalved ? 1 : 0;
            }
        }
        Assert.InRange(halvings, 1, 40 * course[0].Progress.Length);
        // What it ends with is the point whose loss it says is the best.
        Tensor best = Tensor.From(course[^1].Best, images.Shape).Cast(DType.F32);
        double[] ends = ClosedForm.Doubles(Loss.CrossEntropy.OfClasses(problem.Classifier.Logits(best),
            [.. problem.Labels.Where((_, i) => i != AttackProblem.Wrong)]));
        for (int row = 0; row < ends.Length; row++) Assert.Equal(course[^1].Progress[row].BestLoss, ends[row], 1e-4);
        Assert.True(result.Successes > 0);
    }

    [Fact]
    public void AGradientAStepAndNoPassBesides()
    {
        AttackResult result = AttackProblem.Random.Run(new Apgd(Threat.Linf(0.05), Steps: 9));
        Assert.All(result.Examples.Where(e => e.Index != AttackProblem.Wrong), e => Assert.Equal((10, 10), (e.Forwards, e.Gradients)));
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public void OtherThreatsAreRefused(Threat within, string named)
    {
        (AutoPgd, string)[] both = [(new Apgd(within), "apgd: "), (new ApgdTargeted(within), "apgd-t: ")];
        foreach ((AutoPgd attack, string name) in both)
        {
            string message = Assert.Throws<ArgumentException>(() => AttackProblem.Random.Run(attack)).Message;
            Assert.StartsWith($"{name}it knows L-infinity and L2, not ", message, StringComparison.Ordinal);
            Assert.Contains(named, message, StringComparison.Ordinal);
        }
    }

    /// <summary>Within a radius that breaks nothing each wrong class is tried once, however many are asked for.</summary>
    [Theory]
    [InlineData(9, 1, 3)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 3, 6)]
    public void EveryWrongClassIsTried(int targets, int restarts, int searches)
    {
        AttackResult result = AttackProblem.Random.Run(new ApgdTargeted(Threat.Linf(1e-5), Steps: 4, targets) { Restarts = restarts });
        ExampleResult[] searched = [.. result.Examples.Where(e => e.Index != AttackProblem.Wrong)];
        Assert.DoesNotContain(searched, e => e.Success);
        Assert.All(searched, e => Assert.Equal((5 * searches, 6 * searches), (e.Gradients, e.Forwards)));
    }

    /// <summary>Only one class can be reached, and it is the last of the three that are tried.</summary>
    [Fact]
    public void TheClassThatIsNearMayBeTheLastInTheLogits()
    {
        double[][] weight = [[0, 0], [0, 0], [0, 0], [0, 100]];
        Classifier classifier = ClosedForm.Linear(weight, [3, 2, 1, -60], [2]);
        Tensor image = Tensor.From([0.5, 0.5], [1, 2]);
        AttackResult Of(int targets) => new ApgdTargeted(Threat.Linf(0.2), Steps: 5, targets).Run(classifier, new(image, [0]));
        Assert.False(Of(2).Examples[0].Success);
        Assert.Equal((true, 3), (Of(3).Examples[0].Success, Of(3).Examples[0].Prediction));
    }

    [Fact]
    public void TooFewClassesForTheRatioAreAnnounced()
    {
        Classifier classifier = ClosedForm.TwoLayer(AttackProblem.Shape, 3);
        AttackProblem problem = AttackProblem.Make(classifier, 7);
        AttackResult result = problem.Run(new ApgdTargeted(Threat.Linf(0.1), Steps: 10));
        Assert.Equal("apgd-t: 3 classes; the targeted ratio needs 4, so the margin is raised instead.", Assert.Single(result.Warnings));
        Assert.True(result.Successes > 1);
        Assert.Contains("dlr: 2 classes; the ratio needs at least 3", Assert.Throws<ArgumentException>(() => new Apgd(Threat.Linf(0.1))
        {
            Loss = Loss.Dlr,
        }.Run(ClosedForm.Linear([1, 0], 0, [2]), new(Tensor.From([0.5, 0.5], [1, 2]), [0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATargetIsForApgdItself()
    {
        AttackProblem problem = AttackProblem.Random;
        Examples examples = new(problem.Images, problem.Labels) { TargetClasses = new int[problem.Count] };
        Assert.StartsWith("apgd-t: it leaves the label by way of other classes", Assert.Throws<ArgumentException>(
            () => new ApgdTargeted(Threat.Linf(0.1), 3).Run(problem.Classifier, examples)).Message, StringComparison.Ordinal);
        AttackResult reached = new Apgd(Threat.Linf(0.4), 20).Run(problem.Classifier, examples);
        Assert.All(reached.Examples.Where(e => e.Success), e => Assert.Equal(0, e.Prediction));
        Assert.Contains(reached.Examples, e => e is { Success: true, Status: ExampleStatus.Completed });
    }

    [Fact]
    public void ARadiusOfZeroLeavesTheImage()
    {
        AttackResult result = AttackProblem.Random.Run(new Apgd(Threat.L2(0), Steps: 3));
        Assert.Equal(ClosedForm.Doubles(AttackProblem.Random.Images), ClosedForm.Doubles(result.Output));
        Assert.Equal(1, result.Successes);
    }

    [DataFact("mnist")]
    public void ItBreaksAsMuchAsPgdWithAsManyGradients()
    {
        const int count = 100;
        ImageDataSet mnist = DataSets.Open("mnist", Split.Test);
        Classifier classifier = new(ModelCatalog.Load("lenet-madry-lite",
            Path.Combine(MiniGrad.Nn.Weights.ShippedWeights.Folder()!, "lenet-lite-mnist-at.safetensors")));
        Examples examples = new(mnist.Images(0, count), mnist.Labels[..count]);
        AttackResult Run(Attack attack) => attack.Run(classifier, examples);
        int pgd = Run(new Pgd(Threat.Linf(0.3), Steps: 100)).Successes;
        int apgd = Run(new Apgd(Threat.Linf(0.3), Steps: 99)).Successes;
        output.WriteLine($"of {count}: pgd-100 breaks {pgd}, apgd-99 breaks {apgd}");
        Assert.InRange(apgd, pgd, count);
    }
}
