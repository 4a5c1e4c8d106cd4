using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>
/// The attacks of trainings against PyTorch's, after each of their steps: a search of n steps ends where the golden one stood after
/// n, at its best point so far where the attack remembers one.
/// </summary>
public sealed class AttackGoldenTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void TheNetworkIsTheSame() =>
        GoldenAssert.Close("logits", TrainingGolden.Logits, TrainingGolden.Network().Forward(TrainingGolden.Images), 1e-12);

    [Fact]
    public void ProjectedGradientDescent()
    {
        GoldenRecord record = TrainingGolden.Find("pgd", "linf-cross-entropy");
        Threat ball = Threat.Linf(TrainingGolden.Option(record, "eps")).StartingAt(record);
        FollowsPoints(record, steps => new Pgd(ball, steps, TrainingGolden.Option(record, "step")));
    }

    [Theory]
    [InlineData("linf-kl")]
    [InlineData("l2-kl")]
    public void AscentOfTheDivergence(string @case)
    {
        GoldenRecord record = TrainingGolden.Find("pgd", @case);
        double radius = TrainingGolden.Option(record, "eps");
        Threat ball = (@case == "l2-kl" ? Threat.L2(radius) : Threat.Linf(radius)).StartingAt(record);
        FollowsPoints(record, steps => new DivergencePgd(ball, steps, TrainingGolden.Option(record, "step"), Noise: 0));
    }

    [Theory]
    [InlineData("linf-kl")]
    [InlineData("l2-kl")]
    public void TheDivergenceItself(string @case)
    {
        GoldenRecord record = TrainingGolden.Find("pgd", @case);
        GoldenTrainee network = TrainingGolden.Network();
        Tensor clean = network.Forward(TrainingGolden.Images).LogSoftmax(1);
        double[][] points = TrainingGolden.Lists(record, "points");
        double[][] losses = TrainingGolden.Lists(record, "losses");
        for (int i = 0; i < points.Length; i++)
        {
            Tensor logits = network.Forward(Tensor.From(points[i], TrainingGolden.Images.Shape));
            GoldenAssert.Close($"divergence after {i} steps", losses[i], DivergencePgd.Divergence(clean, logits), 1e-11);
        }
    }

    [Fact]
    public void TheStepOfTradesInL2IsTwoRadiiOverAllSteps()
    {
        GoldenRecord record = TrainingGolden.Find("pgd", "l2-kl");
        Threat ball = Threat.L2(TrainingGolden.Option(record, "eps")).StartingAt(record);
        DivergencePgd attack = new(ball, (int)TrainingGolden.Option(record, "steps"), Noise: 0);
        GoldenAssert.Close("last point", TrainingGolden.Lists(record, "points")[^1], Perturb(attack), Tolerance);
    }

    [Theory]
    [InlineData("wrong-confidence", "confidence")]
    [InlineData("cross-entropy", "cross-entropy")]
    public void MomentumAndBacktracking(string @case, string loss)
    {
        GoldenRecord record = TrainingGolden.Find("backtracking", @case);
        double Option(string name) => TrainingGolden.Option(record, name);
        Threat ball = Threat.Linf(Option("eps")).StartingAt(record);
        double[][] energies = TrainingGolden.Lists(record, "energies");
        Tensor best = FollowsBest(record, energies, steps =>
            new PgdConf(ball, steps, Option("rate"), Option("momentum"), Option("factor"), StartAt: ConfidenceStart.Zero)
            {
                Loss = Loss.Find(loss),
            });
        Tensor raised = Loss.Find(loss).OfClasses(TrainingGolden.Network().Forward(best), TrainingGolden.Labels);
        GoldenAssert.Close("lowest energies", TrainingGolden.Numbers(record, "best_energies"), -raised, Tolerance);
    }

    [Theory]
    [InlineData("exclude-boundary")]
    [InlineData("whole-image")]
    [InlineData("drawn")]
    public void MultiSteepestDescent(string @case)
    {
        GoldenRecord record = TrainingGolden.Find("msd", @case);
        double Of(string what, string norm) => record.Json.GetProperty("options").GetProperty(what).GetProperty(norm).GetDouble();
        UnionThreat balls = new(Threat.L2(Of("eps", "l2")), Threat.Linf(Of("eps", "linf")), Threat.L1(Of("eps", "l1")));
        (int fewest, int most) = @case == "drawn" ? (5, 20) : (7, 7);
        if (@case == "drawn") AssertDrawn(record);
        // The image itself is no candidate for the best.
        double[][] energies = [.. TrainingGolden.Lists(record, "losses").Select((losses, step) =>
            Array.ConvertAll(losses, value => step == 0 ? double.PositiveInfinity : -value))];
        FollowsBest(record, energies, steps => new Msd(balls, steps, Of("step", "linf"), Of("step", "l2"), Of("step", "l1"), fewest, most,
            ExcludeBoundary: @case != "whole-image"), from: 1);
    }

    /// <summary>The inner attack of perceptual adversarial training, on the network's own activations.</summary>
    [Fact]
    public void FastLagrangianPerceptualAttack()
    {
        GoldenRecord record = TrainingGolden.Find("fast-lpa", "own-features");
        FeatureBall ball = new(TrainingGolden.Option(record, "bound"), "relu");
        double[][] points = TrainingGolden.Lists(record, "points");
        double[][] distances = TrainingGolden.Lists(record, "distances");
        for (int steps = 1; steps <= points.Length; steps++)
        {
            Tensor found = Perturb(new FastLpa(ball, steps, StartNoise: 0));
            GoldenAssert.Close($"after {steps} steps", points[steps - 1], found, Tolerance);
            double[] apart = new FeatureBall(TrainingGolden.Network(), 1, "relu").Distance(TrainingGolden.Images, found);
            GoldenAssert.Close($"distances after {steps} steps", distances[steps - 1], Tensor.From(apart), Tolerance);
        }
    }

    [Theory]
    [InlineData("l0")]
    [InlineData("l1")]
    [InlineData("l2")]
    [InlineData("linf")]
    public void ProjectionsAreOfEachRow(string norm)
    {
        GoldenRecord record = TrainingGolden.Find("projection", norm);
        double radius = TrainingGolden.Option(record, "eps");
        Threat ball = norm switch
        {
            "l0" => Threat.L0(Math.Ceiling(radius)),
            "l1" => Threat.L1(radius),
            "l2" => Threat.L2(radius),
            _ => Threat.Linf(radius),
        };
        double[] deltas = TrainingGolden.Numbers(record, "deltas");
        Tensor point = Tensor.From(deltas, [deltas.Length / 4, 1, 2, 2]);
        Tensor found = ball.Project(Ops.Zeros(point.Shape, DType.F64), point);
        GoldenAssert.Close(norm, TrainingGolden.Numbers(record, "projected"), found, 1e-15);
        // The second row is inside.
        if (norm != "l0") Assert.Equal(deltas[4..8], found.TakeIndices(0, [1]).ToArray<double>());
    }

    /// <summary>How many pixels a step moves is the attack's own choice; the golden one was made with the same numbers.</summary>
    private static void AssertDrawn(GoldenRecord record)
    {
        int[][] drawn = [.. Enumerable.Range(0, 6).Select(step => (int[])[.. Enumerable.Range(0, 6)
            .Select(row => 5 + new Rng(3).At(row).At(step).At("pixels").Below(16))])];
        Assert.Equal(drawn, record.Json.GetProperty("options").GetProperty("k").EnumerateArray()
            .Select(step => (int[])[.. step.EnumerateArray().Select(k => k.GetInt32())]));
    }

    private static void FollowsPoints(GoldenRecord record, Func<int, BallAttack> attack)
    {
        double[][] points = TrainingGolden.Lists(record, "points");
        for (int steps = 1; steps < points.Length; steps++)
        {
            GoldenAssert.Close($"{record.Case} after {steps} steps", points[steps], Perturb(attack(steps)), Tolerance);
        }
    }

    /// <summary>After n steps each row is at the first point of the lowest energy of the first n.</summary>
    private static Tensor FollowsBest(GoldenRecord record, double[][] energies, Func<int, BallAttack> attack, int from = 0)
    {
        double[][] points = TrainingGolden.Lists(record, "points");
        int size = points[0].Length / energies[0].Length;
        Tensor found = TrainingGolden.Images;
        for (int steps = from; steps < points.Length; steps++)
        {
            double[] expected = new double[points[0].Length];
            for (int row = 0; row < energies[0].Length; row++)
            {
                int best = Enumerable.Range(0, steps + 1).MinBy(i => energies[i][row]);
                points[best].AsSpan(row * size, size).CopyTo(expected.AsSpan(row * size));
            }
            found = Perturb(attack(steps));
            GoldenAssert.Close($"{record.Case} after {steps} steps", expected, found, Tolerance);
        }
        GoldenAssert.Close($"the best of {record.Case}", TrainingGolden.Numbers(record, "best_points"), found, Tolerance);
        return found;
    }

    private static Tensor Perturb(BallAttack attack)
    {
        attack.Check();
        Classifier classifier = new(TrainingGolden.Network());
        return attack.Perturb(classifier, TrainingGolden.Images, Goal.Untargeted(TrainingGolden.Labels), new Rng(3));
    }
}
