using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Momentum and backtracking where each step can be said beforehand, and the starts by their distributions.</summary>
public sealed class PgdConfTests
{
    /// <summary>Raises −(x − ½)², of one pixel.</summary>
    private static readonly Loss Hill = Loss.Of("hill", (logits, _) => -logits.Slice(1, 0, 1).Squeeze(1).Square());

    private static readonly Classifier Pixel = ClosedForm.Linear([1.0], -0.5, [1, 1, 1]);

    /// <summary>On a straight slope every step leads up, so none is refused and none is shortened: γ Σ (1 − μⁱ) in all.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void OnALinearModelNoStepIsShortened(int steps)
    {
        Classifier classifier = ClosedForm.Linear([2.0, -1.0, 0.5], 0, [1, 1, 3]);
        PgdConf attack = new(Threat.Linf(0.4), steps, StepSize: 0.02, Momentum: 0.9, Shrink: 1.5);
        double walked = Enumerable.Range(1, steps).Sum(i => 0.02 * (1 - Math.Pow(0.9, i)));
        Near([0.5 - walked, 0.5 + walked, 0.5 - walked], Perturb(attack, classifier, 0.5, 0.5, 0.5));
    }

    /// <summary>In the corner of the ball the trial is the point itself, which is no loss: it stays there.</summary>
    [Fact]
    public void TheCornerIsReachedExactly()
    {
        Classifier classifier = ClosedForm.Linear([2.0, -1.0, 0.5], 0, [1, 1, 3]);
        PgdConf attack = new(Threat.Linf(0.25), Steps: 30, StepSize: 0.1, Shrink: 1.5);
        Assert.Equal([0.25, 0.75, 0.25], Perturb(attack, classifier, 0.5, 0.5, 0.5));
    }

    /// <summary>
    /// From 0.45 a step of 0.2 leads over the hill and lower down; so does 0.2/1.5, but 0.2/1.5² = 0.089 leads to 0.539. Back from
    /// there 0.089 is too much, and 0.2/1.5³ is not.
    /// </summary>
    [Fact]
    public void AStepTooFarIsNotMadeAndTheNextIsShorter()
    {
        double length = 0.2 / 1.5 / 1.5;
        double[] expected = [0.45, 0.45, 0.45, 0.45 + length, 0.45 + length, 0.45 + length - length / 1.5];
        double[] found = [.. Enumerable.Range(0, 6).Select(steps => Perturb(OnHill(steps), Pixel, 0.45)[0])];
        Near(expected, found);
    }

    /// <summary>Rows shorten their steps each for itself: the second starts where the first step is none too far.</summary>
    [Fact]
    public void EachRowHasItsOwnLength()
    {
        Near([0.45, 0.5], Perturb(OnHill(1), Pixel, 0.45, 0.3));
        Near([0.45 + 0.2 / 2.25, 0.5], Perturb(OnHill(3), Pixel, 0.45, 0.3));
    }

    /// <summary>All steps are made, 0.45 → 0.65 → 0.45 → …, and the best point is what it ends with.</summary>
    [Fact]
    public void WithoutBacktrackingTheBestPointIsRemembered()
    {
        PgdConf attack = OnHill(1) with { Backtrack = false };
        Near([0.45], Perturb(attack, Pixel, 0.45));
        // 0.25 → 0.45 → 0.65 → 0.45: the second step leads away from the top.
        Near([0.45], Perturb(attack with { Steps = 2 }, Pixel, 0.25));
    }

    [Fact]
    public void StartsAreWhereTheyAreSaidToBe()
    {
        const int side = 28;
        Classifier classifier = ClosedForm.Linear([.. Enumerable.Repeat(1.0, side * side)], 0, [1, side, side]);
        Tensor images = Ops.Full([100, 1, side, side], 0.5, DType.F64);
        double[][] Deltas(ConfidenceStart start)
        {
            PgdConf attack = new(Threat.Linf(0.3), Steps: 0, StartAt: start);
            Tensor found = attack.Perturb(classifier, images, Goal.Untargeted(new int[100]), new Rng(6)) - 0.5;
            return [.. Enumerable.Range(0, 100).Select(row => ClosedForm.Row(found, row))];
        }
        double Largest(double[] delta) => delta.Max(Math.Abs);

        foreach (ConfidenceStart none in (ConfidenceStart[])[ConfidenceStart.Zero, ConfidenceStart.ZeroFirst])
        {
            Assert.All(Deltas(none), delta => Assert.Equal(0, Largest(delta)));
        }
        // A uniform share of the radius: mean ½, deviation 1/√12, of 100 of them.
        double[] shares = [.. Deltas(ConfidenceStart.Random).Select(delta => Largest(delta) / 0.3)];
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.InRange(shares.Average(), 0.5 - 4 / Math.Sqrt(1200), 0.5 + 4 / Math.Sqrt(1200));
        Assert.True(shares.Min() < 0.1 && shares.Max() > 0.9);
        // 78 400 normal numbers: the relative error of their deviation is 1/√(2 · 78 400).
        double deviation = Math.Sqrt(Deltas(ConfidenceStart.Gaussian).SelectMany(delta => delta).Average(v => v * v));
        Assert.InRange(deviation / (0.3 / (2 * Math.Log(784))), 0.99, 1.01);
        // All three, in equal shares: 33 ± 4.7 of each. Of normal noise the largest is about 0.07, and never 0.15; half of the random
        // directions are longer.
        double[][] any = Deltas(ConfidenceStart.Any);
        Assert.InRange(any.Count(delta => Largest(delta) == 0), 15, 52);
        Assert.InRange(any.Count(delta => Largest(delta) > 0.15), 4, 32);
        Assert.InRange(any.Count(delta => Largest(delta) is > 0.05 and < 0.12), 20, 70);
    }

    /// <summary>Further searches begin at random where the first begins at the image.</summary>
    [Fact]
    public void OnlyTheFirstSearchStartsAtTheImage()
    {
        // The loss is flat, so that a search ends where it starts; no point is a success, so that the last one is returned.
        Classifier flat = ClosedForm.Constant([1, 0], [1, 1, 3]);
        Examples examples = new(Ops.Full([4, 1, 1, 3], 0.5, DType.F64), new int[4]);
        PgdConf attack = new(Threat.Linf(0.3), Steps: 1);
        Assert.All(attack.Run(flat, examples).Examples, e => Assert.Equal(0, e.DistanceLinf));
        Assert.All((attack with { Restarts = 2 }).Run(flat, examples).Examples, e => Assert.InRange(e.DistanceLinf, 1e-6, 0.3));
        PgdConf still = attack with { Restarts = 2, StartAt = ConfidenceStart.Zero };
        Assert.All(still.Run(flat, examples).Examples, e => Assert.Equal(0, e.DistanceLinf));
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        Threat ball = Threat.Linf(0.3);
        Assert.Contains("-1 steps", Refusal(new(ball, Steps: -1)), StringComparison.Ordinal);
        Assert.Contains("step size 0", Refusal(new(ball, StepSize: 0)), StringComparison.Ordinal);
        Assert.Contains("momentum 1", Refusal(new(ball, Momentum: 1)), StringComparison.Ordinal);
        Assert.Contains("shrink by 1;", Refusal(new(ball, Shrink: 1)), StringComparison.Ordinal);
    }

    private static string Refusal(PgdConf attack) => Assert.ThrowsAny<ArgumentException>(attack.Check).Message;

    private static PgdConf OnHill(int steps) => new(Threat.Linf(0.4), steps, StepSize: 0.2, Momentum: 0, Shrink: 1.5) { Loss = Hill };

    /// <summary>The pixels of images of the classifier's size, one after another.</summary>
    private static double[] Perturb(PgdConf attack, Classifier classifier, params double[] pixels)
    {
        int size = (int)classifier.InputShape.Count;
        int rows = pixels.Length / size;
        Tensor images = Tensor.From(pixels, [rows, 1, 1, size]);
        return ClosedForm.Doubles(attack.Perturb(classifier, images, Goal.Untargeted(new int[rows]), new Rng(1)));
    }

    private static void Near(double[] expected, double[] found) =>
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-12);
}
