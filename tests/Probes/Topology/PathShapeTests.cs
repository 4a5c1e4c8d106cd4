using MiniGrad.Probes.Topology;
using Xunit;

namespace MiniGrad.Tests.Probes.Topology;

/// <summary>Lengths, deviations and turnings of paths that can be drawn, and their summary.</summary>
public class PathShapeTests
{
    [Fact]
    public void ARoofTurnsByARightAngle()
    {
        PathShape shape = PathShape.Of([[0, 0], [1, 1], [2, 0]]);
        Assert.Equal(Math.Sqrt(2), shape.RelativeLength, 1e-15);
        Assert.Equal(0.5, shape.Deviation, 1e-15);
        Assert.Equal(90, shape.TurningDegrees, 1e-12);
    }

    [Fact]
    public void BeyondAnEndTheDistanceIsToTheEnd()
    {
        PathShape shape = PathShape.Of([[0, 0], [4, 3], [2, 0], [1, 0]]);
        Assert.Equal(Math.Sqrt(18), shape.Deviation, 1e-12);
        Assert.Equal(6 + Math.Sqrt(13), shape.RelativeLength, 1e-12);
    }

    [Fact]
    public void PointsThatCoincideTurnNowhere()
    {
        Assert.Equal(new PathShape(1, 0, 0), PathShape.Of([[1, 2], [1, 2]]));
        Assert.Equal(0, PathShape.Of([[0, 0], [0, 0], [1, 0]]).TurningDegrees);
    }

    [Fact]
    public void TheSummaryCountsEachEndAndMeasuresWhatWasFound()
    {
        PathNumbers Made(PathStatus status, int anchors, double length, int refined = 0) =>
            new(status, 0.1, anchors, refined, anchors, 0.5, length, length - 1, 10 * anchors, 2, 100, 5);
        ClassPathSummary summary = ClassPathSummary.Of(
        [
            Made(PathStatus.Found, 0, 1), Made(PathStatus.Found, 2, 1.2), Made(PathStatus.Found, 1, 1.1, refined: 1),
            Made(PathStatus.Depth, 0, double.NaN), Made(PathStatus.Projection, 0, double.NaN), Made(PathStatus.Recheck, 0, double.NaN),
            Made(PathStatus.NoEnd, 0, double.NaN),
        ]);
        Assert.Equal((6, 1, 3, 1, 3, 1),
            (summary.Pairs, summary.NoEnd, summary.Found, summary.Straight, summary.Inconclusive, summary.Refined));
        Assert.Equal((0.5, 1.1, 1.2), (summary.SuccessRate, summary.RelativeLength.Median, summary.LongestRelativeLength));
        Assert.Equal((2, 2, 700L), (summary.MostAnchors, summary.DeepestLevel, summary.TotalForwards));
        Assert.InRange(0.5, summary.SuccessInterval.Low, summary.SuccessInterval.High);
        Assert.InRange(1.0 / 6, summary.StraightInterval.Low, summary.StraightInterval.High);
        ClassPathSummary none = ClassPathSummary.Of([]);
        Assert.Equal((double.NaN, double.NaN), (none.SuccessRate, none.RelativeLength.Median));
    }
}
