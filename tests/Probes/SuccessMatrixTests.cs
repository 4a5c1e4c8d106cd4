using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Success rates by classes and thresholds, and the three ways to count sources that the network gets wrong.</summary>
public class SuccessMatrixTests
{
    private static readonly WalkEnd[] Ends =
    [
        new(0, 1, 0.001), new(0, 1, 0.04), new(0, 2, 0.02), new(1, 0, 0.03), new(1, 2, double.PositiveInfinity),
        new(2, 0, 0.5), new(2, 1, 0.005), new(2, 1, 0.005), new(1, 1, 0.001),
    ];

    private static readonly WalkEnd[] Wrong = [.. Ends, new(0, 2, 0.2, IsWrong: true), new(2, 1, double.NaN, IsWrong: true)];

    [Fact]
    public void CellsAreByTargetAndSource()
    {
        SuccessMatrix matrix = SuccessMatrix.Of(Ends, 3, 0.03);
        Assert.Equal([default, new(0, 1), new(0, 1)], matrix.Cells[0]);
        Assert.Equal([new(1, 2), new(1, 1), new(2, 2)], matrix.Cells[1]);
        Assert.Equal([new(1, 1), new(0, 1), default], matrix.Cells[2]);
        Assert.Equal((0.5, double.NaN), (matrix.Cells[1][0].Rate, matrix.Cells[0][0].Rate));
    }

    [Fact]
    public void TotalsLeaveOutTheDiagonal()
    {
        SuccessMatrix matrix = SuccessMatrix.Of(Ends, 3, 0.03);
        Assert.Equal(new SuccessShare(4, 8), matrix.Overall);
        Assert.Equal([new(0, 2), new(3, 4), new(1, 2)], Enumerable.Range(0, 3).Select(matrix.OfTarget));
        Assert.Equal([new(2, 3), new(0, 2), new(2, 3)], Enumerable.Range(0, 3).Select(matrix.OfSource));
    }

    [Fact]
    public void AWrongSourceDoesNotChangeTheRate()
    {
        Assert.Equal(SuccessMatrix.Of(Ends, 3, 0.03).Cells, SuccessMatrix.Of(Wrong, 3, 0.03).Cells);
        Assert.Equal(ThresholdCurve.Of(Ends).Points, ThresholdCurve.Of(Wrong).Points);
    }

    [Fact]
    public void TheOtherCountsAreTheAuthorsAndAllFailures()
    {
        Assert.Equal(new SuccessShare(6, 10), SuccessMatrix.Of(Wrong, 3, 0.03, WrongSources.Succeed).Overall);
        Assert.Equal(new SuccessShare(4, 10), SuccessMatrix.Of(Wrong, 3, 0.03, WrongSources.Fail).Overall);
        Assert.Equal(new SuccessShare(2, 2), SuccessMatrix.Of(Wrong, 3, 0.03, WrongSources.Succeed).Cells[2][0]);
    }

    // The authors' distances: −1 for a wrong source, which is below any threshold.
    [Fact]
    public void TheAuthorsCountIsThatOfTheirDistances()
    {
        double[] theirs = [.. Wrong.Where(end => end.SourceClass != end.TargetClass).Select(end => end.IsWrong ? -1 : end.Distance)];
        foreach (double threshold in (double[])[0.001, 0.01, 0.03, 0.1, 1])
        {
            SuccessShare share = SuccessMatrix.Of(Wrong, 3, threshold, WrongSources.Succeed).Overall;
            Assert.Equal(theirs.Count(d => d < threshold), share.Successes);
            Assert.Equal(theirs.Length, share.Count);
        }
    }

    [Fact]
    public void TheCurveRisesWithTheThreshold()
    {
        ThresholdCurve curve = ThresholdCurve.Of(Ends);
        Assert.Equal([(0.01, new(3, 8)), (0.02, new(3, 8)), (0.03, new(4, 8)), (0.05, new(6, 8)), (0.1, new SuccessShare(6, 8))],
            curve.Points);
        Assert.Equal([(0.02, new(4, 8)), (0.03, new SuccessShare(5, 8))], ThresholdCurve.Of(Ends, [0.02, 0.03], orAt: true).Points);
    }

    [Fact]
    public void TheIntervalIsThatOfTheShare()
    {
        SuccessShare share = SuccessMatrix.Of(Ends, 3, 0.03).Overall;
        Assert.InRange(share.Rate, share.Interval.Low, share.Interval.High);
        Assert.Equal((0.0, 1.0), (default(SuccessShare).Interval.Low, default(SuccessShare).Interval.High));
    }

    [Theory]
    [InlineData(ExampleStatus.Completed, 0.9, true, 0.02)]
    [InlineData(ExampleStatus.Completed, 0.8, true, double.PositiveInfinity)]
    [InlineData(ExampleStatus.InitFailed, 0.9, true, double.PositiveInfinity)]
    [InlineData(ExampleStatus.TargetEqualsSource, 0.9, true, 0.02)]
    [InlineData(ExampleStatus.SameClass, 0.9, false, 0)]
    [InlineData(ExampleStatus.NonFinite, 0.9, false, 0)]
    [InlineData(ExampleStatus.Interrupted, 0.9, false, 0)]
    public void AnEndIsThatOfItsExample(ExampleStatus status, double confidence, bool counts, double distance)
    {
        ExampleResult example = new(7, status, false, 2, 2, 0.9, confidence, 1, 1, 0.02, 1, 5, 6, 7);
        WalkEnd? end = WalkEnd.Of(new Nspgd(), example, 1, 0.02);
        Assert.Equal(counts ? new WalkEnd(2, 1, distance) : null, end);
    }

    [Fact]
    public void AWrongSourceIsNoWalk()
    {
        ExampleResult wrong = new(7, ExampleStatus.SourceMisclassified, false, 2, 1, 0.2, 0.2, 1, 1, 0.3, 1, 0, 0, 0);
        WalkEnd end = WalkEnd.Of(new Nspgd(), wrong, 1, 0.3)!.Value;
        Assert.Equal((2, 1, true), (end.SourceClass, end.TargetClass, end.IsWrong));
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        void Refused(string words, Action make) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        Refused("threshold 0", () => SuccessMatrix.Of(Ends, 3, 0));
        Refused("threshold -1", () => ThresholdCurve.Of(Ends, [-1]));
        Refused("from class 0 to 2; classes are 0 to 1", () => SuccessMatrix.Of(Ends, 2, 0.03));
        Refused("1 classes", () => SuccessMatrix.Of([], 1, 0.03));
        Refused("distance of NaN", () => SuccessMatrix.Of([new(0, 1, double.NaN)], 3, 0.03));
    }
}
