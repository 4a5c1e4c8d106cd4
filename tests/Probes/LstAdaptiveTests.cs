using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The adaptive null step of level set traversal: MiniGrad's own, off unless asked for.</summary>
public class LstAdaptiveTests
{
    // Where a walk comes to the centre of the sphere, whose gradient is zero, rounding grows to another path; these do not.
    [Theory]
    [InlineData(0.05, 0, 0.2, Projection.Orthogonal)]
    [InlineData(0.01, 0.002, 0.2, Projection.Orthogonal)]
    [InlineData(0.08, 0, 0.05, Projection.Orthogonal)]
    [InlineData(0.05, 0.0005, 0.02, Projection.Orthogonal)]
    [InlineData(0.05, 0, 0.01, Projection.HalfSpace)]
    public void ItIsThePlainAlgorithm(double step, double parallel, double drop, Projection projection)
    {
        SphereWalk problem = new(6);
        Lst attack = new(60, step, parallel, drop, 0, projection) { Adaptive = true };
        AttackResult result = problem.Run(attack);
        AttackResult steady = problem.Run(attack with { Adaptive = false });
        for (int i = 0; i < 6; i++)
        {
            (double[] end, int accepted) = problem.Plain(attack, i);
            Numbers.Close(end, ClosedForm.Row(result.Output, i), _ => 1e-9, $"{attack}, example {i}");
            Assert.True(result.Examples[i].Status is ExampleStatus.Completed or ExampleStatus.Stalled && accepted > 0);
            Assert.NotEqual(ClosedForm.Row(steady.Output, i), ClosedForm.Row(result.Output, i));
        }
    }

    [Fact]
    public void StepsGrowWhereLittleIsLostAndHalveWhereTheyAreRejected()
    {
        AdaptiveStep step = new(0.05, 0, 0);
        void Becomes(double drop, bool kept, double size, double mean)
        {
            step = step.After(drop, kept, allowed: 0.2);
            Assert.Equal(size, step.Size, 1e-12);
            Assert.Equal(mean, step.MeanDrop, 1e-12);
        }
        Becomes(-0.1, kept: true, 0.055, 0);
        Becomes(0.19, kept: true, 0.0605, 0.019);
        Becomes(1, kept: true, 0.0605, 0.1171);
        Becomes(0.3, kept: false, 0.03025, 0.13539);
        for (int i = 0; i < 40; i++) step = step.After(drop: 0, kept: true, allowed: 0.2);
        Assert.Equal(0.1, step.Size);
    }

    [Fact]
    public void TenRejectionsInARowAtTheSmallestStepAreEnough()
    {
        AdaptiveStep step = new(0.00015, 0, 0);
        step = step.After(1, kept: false, 0.2);
        Assert.Equal((1e-4, 0), (step.Size, step.Rejections));
        for (int i = 0; i < 9; i++) step = step.After(1, kept: false, 0.2);
        Assert.False(step.IsSpent);
        Assert.False(step.After(0.1, kept: true, 0.2).After(1, kept: false, 0.2).IsSpent);
        Assert.True(step.After(1, kept: false, 0.2).IsSpent);
    }

    // Behind a mean pixel of 0.5 the other class wins; in front of it, nothing tells of that. The parallel step goes along the
    // wall, and so far from its bound that candidates change for hundreds of steps.
    [Theory]
    [InlineData(0.5, ExampleStatus.NoProgress)]
    [InlineData(0.4, ExampleStatus.Stalled)]
    public void AtAWallTheWalkIsGivenUp(double mean, ExampleStatus status)
    {
        double[] along = [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? 1e-3 : -1e-3)];
        Classifier slope = ClosedForm.Linear(along, 1, [1, 4, 4]);
        Classifier walled = new(x =>
        {
            Tensor isBehind = (x.Flatten().Mean(1, keepDims: true) > 0.5).Cast(x.Type);
            return slope.Logits(x) - isBehind * Tensor.From([100.0, 0], [1, 2]);
        }, [1, 4, 4], 2);
        Tensor source = Ops.Full([1, 1, 4, 4], mean, DType.F64);
        Tensor target = Ops.Full([1, 1, 4, 4], 0.9, DType.F64);
        Lst attack = new(2000, 0.1, 0.01, 0.2, 0) { Adaptive = true };
        ExampleResult given = attack.Run(walled, source, target, [0]).Examples[0];
        Assert.Equal(status, given.Status);
        // Halvings of 0.1 down to 0.0001, and ten rejections there.
        if (status == ExampleStatus.NoProgress) Assert.Equal(10 + 10, given.Iterations);
        else Assert.InRange(given.Iterations, 20, 1000);
        AttackResult steady = (attack with { Adaptive = false, Iterations = 200 }).Run(walled, source, target, [0]);
        Assert.Equal(ExampleStatus.Completed, steady.Examples[0].Status);
    }

    [Fact]
    public void StopEndsAtTheFirstRejectionAllTheSame()
    {
        SphereWalk problem = new(4);
        AttackResult result = problem.Run(new Lst(400, 0.1, 0, 0.05, 0, OnViolation: OnViolation.Stop) { Adaptive = true });
        Assert.All(result.Examples, e => Assert.Equal(ExampleStatus.ConfidenceStop, e.Status));
    }

    [Theory]
    [InlineData(0.5, "0.5")]
    [InlineData(0.00005, "5E-05")]
    public void ItStartsWithinWhatItMovesIn(double step, string named)
    {
        Lst attack = new(1, step) { Adaptive = true };
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new SphereWalk(1).Run(attack)).Message;
        Assert.StartsWith($"lst: step size {named} is outside [0.0001, 0.1], between which an adaptive step moves. Start within",
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunsFromBeforeItCameKeepTheirIdentity()
    {
        Assert.Equal("Lst { SuccessRmse = 0.05, ConfidenceDrop = 0.2, Iterations = 400, StepSize = 0.01, ParallelStep = 0.002, "
            + "StartNoise = 0.00784313725490196, Projection = Orthogonal, OnViolation = Hold }", new Lst().Identity());
        Assert.Contains(", Adaptive = True", new Lst { Adaptive = true }.Identity(), StringComparison.Ordinal);
    }
}
