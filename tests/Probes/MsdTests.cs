using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Multi steepest descent on linear models, where what each norm gains is its step times its dual norm.</summary>
public sealed class MsdTests
{
    private static readonly double[] Weight = [3, 1, 0.5];

    private static readonly UnionThreat Balls = new(Threat.Linf(0.4), Threat.L2(0.4), Threat.L1(0.4));

    /// <summary>‖w‖₁ = 4.5, ‖w‖₂ = 3.2, ‖w‖∞ = 3: the step of the norm that gains most is made, whole.</summary>
    [Theory]
    [InlineData(0.1, 0.1, 0.1, "linf")]
    [InlineData(0.07, 0.1, 0.1, "l2")]
    [InlineData(0.05, 0.08, 0.1, "l1")]
    public void TheNormThatGainsMostIsChosen(double linf, double l2, double l1, string chosen)
    {
        double length = ClosedForm.Norm(Weight);
        double[] step = chosen switch
        {
            "linf" => [linf, linf, linf],
            "l2" => [.. Weight.Select(w => l2 * w / length)],
            _ => [l1, 0, 0],
        };
        Msd attack = new(Balls, Steps: 1, linf, l2, l1, FewestPixels: 1, MostPixels: 1);
        Near([.. step.Select(pixel => -pixel)], Moved(attack, [0.5, 0.5, 0.5]));
    }

    /// <summary>Each row chooses for itself: the second has no room in L2 and L1 where it counts.</summary>
    [Fact]
    public void EachRowChoosesForItself()
    {
        Msd attack = new(Balls, Steps: 1, LinfStep: 0.05, L2Step: 0.08, L1Step: 0.1, FewestPixels: 1, MostPixels: 1);
        double[] both = Moved(attack, [0.5, 0.5, 0.5, 0, 0.5, 0.5]);
        Near([-0.1, 0, 0], both[..3]);
        // Linf gains 0.05 · 1.5, L2 0.08 · (1 + 0.25)/3.2, L1 0.1 · 1.
        Near([0, -0.1, 0], both[3..]);
    }

    /// <summary>Every candidate is projected into the ball of its own norm: a long walk ends on the edge of one of them.</summary>
    [Fact]
    public void CandidatesStayInTheirBalls()
    {
        Msd attack = new(Balls, Steps: 20, LinfStep: 0.05, L2Step: 0.08, L1Step: 0.1, FewestPixels: 1, MostPixels: 1);
        // Of the balls, Linf holds the highest loss: 0.4 · 4.5.
        Near([-0.4, -0.4, -0.4], Moved(attack, [0.5, 0.5, 0.5]));
    }

    [Theory]
    [InlineData(true, new[] { 0, -0.1, 0 })]
    [InlineData(false, new[] { -0.1, 0, 0 })]
    public void PixelsAtTheEdgeMayBePassedOver(bool excludes, double[] moved) =>
        Near(moved, Moved(Sparse(1, 0.1, excludes), [1, 0.5, 0.5]));

    /// <summary>A pixel needs room for the whole step, whether those at the edge are passed over or not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PixelsWithoutRoomStay(bool excludes) => Near([0, -0.1, 0], Moved(Sparse(1, 0.1, excludes), [0.05, 0.5, 0.5]));

    /// <summary>Each takes its share of the length all the same.</summary>
    [Fact]
    public void FewerPixelsMoveWhereFewerMay() => Near([0, -0.02, -0.02], Moved(Sparse(5, 0.1, excludes: true), [1, 0.5, 0.5]));

    /// <summary>Five to twenty, for each image anew; the largest slopes, by equal amounts that sum to the length.</summary>
    [Fact]
    public void HowManyPixelsMoveIsDrawn()
    {
        double[] weight = [.. Enumerable.Range(0, 64).Select(i => 1 + (i * 37 % 64) / 64.0)];
        Classifier classifier = ClosedForm.Linear(weight, -weight.Sum() / 2, [1, 8, 8]);
        Tensor images = Ops.Full([200, 1, 8, 8], 0.5, DType.F64);
        Msd attack = new(Threat.L1(10), Steps: 1, L1Step: 0.8);
        double[] moved = ClosedForm.Minus(
            ClosedForm.Doubles(attack.Perturb(classifier, images, Goal.Untargeted(new int[200]), new Rng(2))), ClosedForm.Doubles(images));
        int[] counts = new int[200];
        for (int row = 0; row < 200; row++)
        {
            double[] image = moved[(row * 64)..(row * 64 + 64)];
            int count = counts[row] = image.Count(v => v != 0);
            Assert.Equal(-0.8, image.Sum(), 1e-12);
            double least = weight.OrderDescending().ElementAt(count - 1);
            Assert.All(image.Zip(weight), pixel => Assert.Equal(pixel.Second >= least ? -0.8 / count : 0, pixel.First, 1e-12));
        }
        Assert.Equal(Enumerable.Range(5, 16), counts.Distinct().Order());
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        Assert.Contains("0 steps", Refusal(new(Balls, Steps: 0)), StringComparison.Ordinal);
        Assert.Contains("step -1", Refusal(new(Balls, L2Step: -1)), StringComparison.Ordinal);
        Assert.Contains("6 to 5 pixels", Refusal(new(Balls, FewestPixels: 6, MostPixels: 5)), StringComparison.Ordinal);
        Assert.Contains("0 to 5 pixels", Refusal(new(Balls, FewestPixels: 0, MostPixels: 5)), StringComparison.Ordinal);
        Assert.Contains("is no ball", Refusal(new(new Warp(Degrees: 2, Pixels: 1))), StringComparison.Ordinal);
    }

    private static string Refusal(Msd attack) => Assert.ThrowsAny<ArgumentException>(attack.Check).Message;

    private static Msd Sparse(int pixels, double length, bool excludes) =>
        new(Threat.L1(1), Steps: 1, L1Step: length, FewestPixels: pixels, MostPixels: pixels, ExcludeBoundary: excludes);

    /// <summary>How far each pixel moves; the attack lowers ⟨w, x⟩.</summary>
    private static double[] Moved(Msd attack, double[] pixels)
    {
        Classifier classifier = ClosedForm.Linear(Weight, 0, [1, 1, 3]);
        int rows = pixels.Length / 3;
        Tensor images = Tensor.From(pixels, [rows, 1, 1, 3]);
        Tensor found = attack.Perturb(classifier, images, Goal.Untargeted(new int[rows]), new Rng(1));
        return ClosedForm.Minus(ClosedForm.Doubles(found), pixels);
    }

    private static void Near(double[] expected, double[] found) =>
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-12);
}
