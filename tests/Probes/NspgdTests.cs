using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>NSPGD: closed forms, the plain algorithm, both step modes, the certificate.</summary>
public class NspgdTests
{
    private static readonly Shape Shape = [1, 4, 4];

    [Theory]
    [InlineData(StepMode.Relative, 0.05, 100, Projection.HalfSpace)]
    [InlineData(StepMode.Relative, 0.3, 40, Projection.HalfSpace)]
    [InlineData(StepMode.Relative, 0.05, 60, Projection.Orthogonal)]
    [InlineData(StepMode.Normalized, 0.05, 50, Projection.HalfSpace)]
    [InlineData(StepMode.Normalized, 0.01, 120, Projection.Orthogonal)]
    public void ItIsThePlainAlgorithm(StepMode mode, double length, int iterations, Projection projection)
    {
        SphereWalk problem = new(6);
        Nspgd attack = new(mode, length, iterations, Projection: projection);
        AttackResult result = problem.Run(attack);
        for (int i = 0; i < 6; i++)
        {
            (double[] end, int accepted, ExampleStatus status) = problem.Plain(attack, i, iterations, length);
            Numbers.Close(end, ClosedForm.Row(result.Output, i), _ => 1e-9, $"{attack}, example {i}");
            Assert.Equal((status, Math.Min(iterations, accepted + 1)), (result.Examples[i].Status, result.Examples[i].Iterations));
        }
    }

    [Fact]
    public void NormalizedStepsKeepBothConditionsOfThePath()
    {
        SphereWalk problem = new(4);
        AttackResult result = problem.Run(new Nspgd(StepMode.Normalized, 0.02), new RunContext { KeepPaths = 4, PathEvery = 1 });
        foreach (WalkPath path in result.Paths)
        {
            Assert.True(path.Images.Length > 20);
            for (int i = 1; i < path.Images.Length; i++)
            {
                double step = Math.Sqrt(path.Images[i].Zip(path.Images[i - 1], (a, b) => Math.Pow((double)a - b, 2)).Sum());
                // Kept images are rounded to single precision.
                Assert.InRange(step, 0, 0.02 * (1 + 1e-6) + 2e-6);
            }
            Assert.All(path.SourceConfidence, p => Assert.True(p >= result.Examples[path.Index].SourceConfidence - 0.05));
        }
    }

    // On a linear classifier the half-space walk ends at the nearest point to the target among those of no less
    // confidence than the source: the target itself, or its projection on the source's level set.
    [Theory]
    [InlineData(StepMode.Relative, 0.05, 400)]
    [InlineData(StepMode.Normalized, 0.02, 400)]
    public void OnALinearClassifierItEndsAtTheNearestPointOfTheHalfSpace(StepMode mode, double length, int iterations)
    {
        double[] w = new Rng(1).Normal(16);
        Tensor sources = ClosedForm.Images(10, Shape, 5, DType.F64);
        Tensor targets = ClosedForm.Images(10, Shape, 6, DType.F64);
        for (int i = 0; i < 10; i++)
        {
            (double[] source, double[] target) = (ClosedForm.Row(sources, i), ClosedForm.Row(targets, i));
            (double from, double to) = (ClosedForm.Dot(w, source), ClosedForm.Dot(w, target));
            AttackResult Walk(double sign, double bias) => new Nspgd(mode, length, iterations).Run(
                ClosedForm.Linear([.. w.Select(v => sign * v)], bias, Shape, -5, 5),
                sources.TakeIndices(0, [i]), targets.TakeIndices(0, [i]), [0], new RunContext { Force = true });

            // Class 0 is where sign · ⟨w, x⟩ + bias is positive: first with the boundary half-way, then far below both.
            double falling = from > to ? 1 : -1;
            AttackResult stays = Walk(falling, -falling * (from + to) / 2);
            double along = (to - from) / ClosedForm.Dot(w, w);
            double[] end = ClosedForm.Row(stays.Output, 0);
            for (int p = 0; p < 16; p++) Assert.Equal(target[p] - along * w[p], end[p], 1e-6);
            Assert.Equal(stays.Examples[0].SourceConfidence, stays.Examples[0].Confidence, 1e-9);
            if (mode == StepMode.Normalized) Assert.Equal(ExampleStatus.Blocked, stays.Examples[0].Status);
            AttackResult arrives = Walk(-falling, 1 + falling * from);
            Assert.InRange(arrives.Examples[0].DistanceL2, 0, 1e-6 * Math.Sqrt(16));
        }
    }

    [Fact]
    public void ConstantLogitsLeaveTheStraightLine()
    {
        AttackProblem problem =
            AttackProblem.Random with { Classifier = ClosedForm.Constant([1, 0, 0, 0], AttackProblem.Shape), Labels = new int[7] };
        AttackResult relative = problem.Run(new Nspgd(), new RunContext { Force = true });
        AttackResult normalized = problem.Run(new Nspgd(StepMode.Normalized, 0.1), new RunContext { Force = true });
        double left = Math.Pow(0.95, 100);
        for (int i = 0; i < 7; i++)
        {
            double[] difference = ClosedForm.Minus(ClosedForm.Row(problem.Images, i), ClosedForm.Row(problem.Targets, i));
            Assert.Equal(left * ClosedForm.Norm(difference), relative.Examples[i].DistanceL2, 1e-4 * ClosedForm.Norm(difference));
            Assert.Equal(100, relative.Examples[i].Iterations);
            Assert.InRange(normalized.Examples[i].DistanceL2, 0, 1e-5);
            // One step finds out that the target is reached.
            Assert.Equal((int)Math.Ceiling(ClosedForm.Norm(difference) / 0.1) + 1, normalized.Examples[i].Iterations);
        }
    }

    [Fact]
    public void TheNormalizedLimitFollowsTheDistance()
    {
        SphereWalk problem = new(3, steepness: 0.01);
        Nspgd attack = new(StepMode.Normalized, 0.05, ConfidenceDrop: 0.9, Projection: Projection.Orthogonal);
        AttackResult result = problem.Run(attack);
        for (int i = 0; i < 3; i++)
        {
            double distance = ClosedForm.Norm(ClosedForm.Minus(ClosedForm.Row(problem.Sources, i), ClosedForm.Row(problem.Targets, i)));
            Assert.InRange(result.Examples[i].Iterations, 1, (int)Math.Ceiling(1.5 * distance / 0.05));
        }
    }

    // Class 0 has logit 6·cos(8π x₀); the step from x₀ = 0 to 0.25 goes from one crest to the next through a valley.
    [Fact]
    public void TheCertificateSeesWhatHappensBetweenSteps()
    {
        Classifier classifier = new(x =>
        {
            Tensor wave = (x.Flatten() * (8 * Math.PI)).Cos() * 6;
            return Ops.Concat([wave, wave * 0], 1);
        }, [1, 1, 1], 2);
        Tensor source = ClosedForm.Constant([0], [1, 1, 1, 1], DType.F64);
        Tensor target = ClosedForm.Constant([0.625], [1, 1, 1, 1], DType.F64);
        // 0.25 / 0.0051 is cut into 50 pieces, one of which ends in the valley.
        AttackResult jump = new Nspgd(StepSize: 0.4, Iterations: 1, CertifySpacing: 0.0051).Run(classifier, source, target, [0]);
        Assert.Equal(0.25, ClosedForm.Doubles(jump.Output)[0], 1e-9);
        double deepest = 1 / (1 + Math.Exp(-6)) - 1 / (1 + Math.Exp(6));
        Assert.Equal(FormattableString.Invariant($"largest drop {deepest:F4} at spacing 0.0051: not certified"), jump.Examples[0].Note);
        AttackResult creep = new Nspgd(StepSize: 0.001, Iterations: 3, CertifySpacing: 0.01).Run(classifier, source, target, [0]);
        Assert.EndsWith(" at spacing 0.01: certified", creep.Examples[0].Note, StringComparison.Ordinal);
        Assert.Null(new Nspgd(StepSize: 0.4, Iterations: 1).Run(classifier, source, target, [0]).Examples[0].Note);
    }

    [Fact]
    public void ACertificateIsOfItsExample()
    {
        SphereWalk problem = new(6);
        Nspgd attack = new(StepSize: 0.3, Iterations: 8, ConfidenceDrop: 0.1, CertifySpacing: 0.05);
        AttackResult all = problem.Run(attack);
        for (int i = 0; i < 6; i++)
        {
            AttackResult one = attack.Run(problem.Classifier,
                problem.Sources.TakeIndices(0, [i]), problem.Targets.TakeIndices(0, [i]), [1]);
            Assert.Equal(one.Examples[0] with { Index = i }, all.Examples[i]);
        }
    }

    [Fact]
    public void WhereNothingIsClippedBothClampModesAgree()
    {
        SphereWalk problem = new(4);
        Nspgd attack = new(StepSize: 0.1, Iterations: 20);
        Numbers.SameBits(problem.Run(attack).Output, problem.Run(attack with { ClampEachStep = false }).Output, "clamp modes");
    }

    [Fact]
    public void BothClampModesEndInTheBox()
    {
        AttackProblem problem = AttackProblem.Random;
        Tensor corners = (problem.Targets > 0.5).Cast(DType.F32);
        foreach (bool clamp in (bool[])[false, true])
        {
            AttackResult result = (problem with { Targets = corners }).Run(
                new Nspgd(StepSize: 0.9, Iterations: 30, ConfidenceDrop: 0.9, Projection: Projection.Orthogonal, ClampEachStep: clamp));
            Assert.All(ClosedForm.Doubles(result.Output), pixel => Assert.InRange(pixel, 0, 1));
            Assert.Contains(result.Examples, e => e.Iterations > 1);
        }
    }

    [Fact]
    public void AMisclassifiedSourceDoesNotChangeTheRate()
    {
        AttackProblem problem = AttackProblem.Random;
        Nspgd attack = new(StepSize: 0.2) { SuccessRmse = 0.2 };
        AttackResult with = problem.Run(attack);
        AttackResult without = problem.Take(0, 1, 2, 4, 5, 6).Run(attack);
        Assert.InRange(without.Successes, 1, 6);
        Assert.Equal((without.Counted, without.Successes), (with.Counted, with.Successes));
    }
}
