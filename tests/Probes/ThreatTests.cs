using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Threats against their definitions, and warps against closed forms.</summary>
public sealed class ThreatTests
{
    private static readonly Shape Shape = [1, 5, 5];

    [Fact]
    public void TheNearestPointOfAnL1BallTakesTheSameOffEveryDifference()
    {
        Tensor clean = Ops.Zeros([2, 1, 1, 3], DType.F64);
        Tensor point = Tensor.From([0.6, -0.3, 0.05, 0.1, 0.1, 0.1], [2, 1, 1, 3]);
        // 0.6 − t and 0.3 − t sum to 0.5 at t = 0.2, where the third is 0; the second row is inside.
        Assert.Equal([0.4, -0.1, 0, 0.1, 0.1, 0.1], Threat.L1(0.5).Project(clean, point).ToArray<double>().Select(v => Math.Round(v, 12)));
        Assert.Equal([0.95, 0.3], Threat.L1(0.5).Distance(clean, point).Select(v => Math.Round(v, 12)));
    }

    [Fact]
    public void AnL1StepChangesThePixelsOfTheLargestSlopes()
    {
        Tensor gradient = Tensor.From([0.1, -3.0, 2.0, 0.0, 0.0, 0.0], [2, 1, 1, 3]);
        Assert.Equal([0, -1, 0, 0, 0, 0], new L1(1).Steepest(gradient).ToArray<double>());
        Assert.Equal([0, -0.5, 0.5, 0, 0, 0], new L1(1, TopShare: 0.7).Steepest(gradient).ToArray<double>());
    }

    [Theory]
    [InlineData("linf:0.1")]
    [InlineData("l2:0.5")]
    [InlineData("l1:2")]
    [InlineData("warp:30deg,3px")]
    [InlineData("linf:8/255+l2:0.3+l1:1")]
    public void RandomStartsAndProjectionsAreAllowed(string text)
    {
        Threat threat = ThreatCatalog.Parse(text);
        Tensor clean = ClosedForm.Images(4, Shape, 1).Cast(DType.F64);
        Rng[] rngs = [.. Enumerable.Range(0, 4).Select(i => new Rng(5).At(i))];
        Tensor start = threat.RandomStart(clean, rngs);
        Assert.All(threat.Distance(clean, start), d => Assert.InRange(d, 1e-3 * threat.Radius, threat.Radius * (1 + 1e-9)));
        Tensor far = threat.Unchanged(clean) + (start - threat.Unchanged(clean)) * 1000;
        Tensor back = threat.Project(clean, far);
        Assert.All(threat.Distance(clean, far), d => Assert.True(d > threat.Radius));
        Assert.All(threat.Distance(clean, back), d => Assert.Equal(threat.Radius, d, 1e-9));
        Assert.Equal(start.ToArray<double>(), threat.Project(clean, start).ToArray<double>());
        Assert.All(threat.Distance(clean, threat.Unchanged(clean)), d => Assert.Equal(0, d));
    }

    [Fact]
    public void AWarpOfNothingIsTheImageAndWholePixelsAreMoved()
    {
        Tensor clean = ClosedForm.Images(2, Shape, 2).Cast(DType.F64);
        Warp warp = new(90, 2);
        Tensor Points(double angle, double x, double y) => Tensor.From([angle, x, y, angle, x, y], [2, 3]);
        Assert.Equal(clean.ToArray<double>(), warp.Render(clean, warp.Unchanged(clean)).ToArray<double>());
        double[] rows = clean.ToArray<double>();
        double[] moved = warp.Render(clean, Points(0, 0.5, 0)).ToArray<double>();
        for (int y = 0; y < 5; y++)
        {
            for (int x = 0; x < 5; x++) Assert.Equal(x == 0 ? 0 : rows[y * 5 + x - 1], moved[y * 5 + x], 1e-12);
        }
        // A quarter turn: what is at the right edge goes to the top edge.
        double[] turned = warp.Render(clean, Points(1, 0, 0)).ToArray<double>();
        for (int y = 0; y < 5; y++)
        {
            for (int x = 1; x < 4; x++)
            {
                if (y is > 0 and < 4) Assert.Equal(rows[x * 5 + 4 - y], turned[y * 5 + x], 1e-9);
            }
        }
    }

    [Fact]
    public void AWarpIsDifferentiableInImageAndPoint()
    {
        Tensor clean = ClosedForm.Images(1, Shape, 3).Cast(DType.F64);
        Warp warp = new(20, 1.3);
        Tensor weights = ClosedForm.Images(1, Shape, 4).Cast(DType.F64);
        Tensor at = Tensor.From([0.31, 0.22, -0.47], [1, 3]);
        GradCheck.Assert(point => (warp.Render(clean, point) * weights).Sum(), at, order: 1);
        GradCheck.Assert(image => (warp.Render(image, at) * weights).Sum(), clean, order: 1);
    }

    [Fact]
    public void APointAtTheEdgeOfAMemberIsNotRefusedForRounding()
    {
        // 1/255 around pixels near 1: rounding alone is some millionths of the radius.
        UnionThreat union = new(Threat.Linf(1.0 / 255), Threat.L2(0.01));
        Tensor bright = Ops.Full([1, 1, 6, 6], 0.95, DType.F32);
        AttackResult result = new Pgd(union, Steps: 8).Run(AttackProblem.Random.Classifier, new(bright, [0]) { TargetClasses = [1] });
        Assert.InRange(result.Examples[0].DistanceLinf, 0, 0.01);
    }

    [Fact]
    public void WhiteImagesMayBeTurned()
    {
        Tensor white = Ops.Full([1, 1, 6, 6], 1, DType.F32);
        AttackResult result =
            new Pgd(new Warp(30, 1), Steps: 5).Run(AttackProblem.Random.Classifier, new(white, [0]) { TargetClasses = [1] });
        Assert.All(result.Output.ToArray<float>(), pixel => Assert.InRange(pixel, 0, 1));
    }

    [Fact]
    public void AUniversalPerturbationAsksForABallOfANorm()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new UniversalPerturbation(new Warp(30, 1)).Check());
        Assert.Contains("Use linf, l2 or l1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AUnionStepsWhereARadiusRaisesTheLossMost()
    {
        UnionThreat union = new(Threat.Linf(0.1), Threat.L2(1));
        // One large slope: the L2 ball gains 1 · 3, the cube 0.1 · 3. Even slopes of 25 pixels: 1 · √25, and 0.1 · 25 less.
        Tensor gradient = Tensor.From([3.0, 0, 0, 0], [1, 4]);
        Assert.Equal([1, 0, 0, 0], union.Steepest(gradient).ToArray<double>());
        Tensor even = Ops.Full([1, 400], 1, DType.F64);
        Assert.Equal(0.1, union.Steepest(even).ToArray<double>()[0], 1e-12);
    }

    [Fact]
    public void AnEnsembleIsAsStrongAsItsStrongestMemberAndChargesOnlyOpenRows()
    {
        AttackProblem problem = AttackProblem.Random;
        Attack weak = new Fgsm(Threat.Linf(0.03));
        Attack strong = new Pgd(Threat.Linf(0.05), Steps: 8);
        AttackResult first = problem.Run(weak);
        AttackResult second = problem.Run(strong);
        AttackResult both = problem.Run(new Ensemble(weak, strong));
        for (int i = 0; i < problem.Count; i++)
        {
            (ExampleResult a, ExampleResult b, ExampleResult e) = (first.Examples[i], second.Examples[i], both.Examples[i]);
            Assert.Equal(a.Success || b.Success, e.Success);
            Assert.Equal(a.Success ? a.Forwards : a.Forwards + b.Forwards, e.Forwards);
            ExampleResult taken = a.Success ? a : b;
            Assert.Equal((taken.Prediction, taken.Confidence, taken.DistanceLinf), (e.Prediction, e.Confidence, e.DistanceLinf));
        }
    }

    [Fact]
    public void LossesAreRaisedTowardsTheGoal()
    {
        Tensor logits = Tensor.From([2.0, 1, -1, 0.5], [1, 4]);
        Assert.Equal(-1, Loss.Margin.Of(logits, Goal.Untargeted([0])).Item(), 1e-12);
        Assert.Equal(-1.0 / 1.5, Loss.Dlr.Of(logits, Goal.Untargeted([0])).Item(), 1e-12);
        Assert.Equal(-1, Loss.Margin.Of(logits, Goal.Targeted([1])).Item(), 1e-12);
        double sum = Math.Exp(2) + Math.Exp(1) + Math.Exp(-1) + Math.Exp(0.5);
        Assert.Equal(Math.Exp(1) / sum, Loss.Confidence.Of(logits, Goal.Untargeted([0])).Item(), 1e-12);
        Assert.Equal(Math.Log(sum) - 2, Loss.CrossEntropy.Of(logits, Goal.Untargeted([0])).Item(), 1e-12);
        foreach (Loss loss in (Loss[])[Loss.Margin, Loss.Dlr, Loss.Confidence, Loss.CrossEntropy])
        {
            GradCheck.Assert(z => loss.Of(z, Goal.Untargeted([0])).Sum(), logits, order: 1);
        }
        // The class to reach is third: the ratio still has a slope.
        Tensor slope = Gradient.Of(z => Loss.Dlr.Of(z, Goal.Targeted([3])).Sum(), logits);
        Assert.True(slope.ToArray<double>()[3] > 0.1);
        Assert.Equal(-1.5 / 2.25, Loss.Dlr.Of(logits, Goal.Targeted([3])).Item(), 1e-12);
        Loss own = Loss.Of("logit", (z, classes) => -z.Gather(1, Tensor.From(classes, [classes.Length, 1])).Squeeze(1));
        Assert.Equal(-2, own.Of(logits, Goal.Untargeted([0])).Item());
    }
}
