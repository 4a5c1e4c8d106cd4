using MiniGrad.Probes;
using MiniGrad.Probes.Topology;
using Xunit;

namespace MiniGrad.Tests.Probes.Topology;

/// <summary>Paths between points of regions whose shape is known.</summary>
public class ClassPathsTests
{
    [Fact]
    public void AConvexRegionHasStraightPaths()
    {
        Shape shape = [1, 4, 4];
        Classifier classifier = ClosedForm.Linear([.. Enumerable.Range(0, 16).Select(k => Math.Cos(k))], -0.3, shape);
        Tensor images = ClosedForm.Images(60, shape, type: DType.F64);
        int[] own = [.. Enumerable.Range(0, 60).Where(i => Logits.Prediction(classifier.Logits(images))[i] == 0)];
        Assert.InRange(own.Length, 10, 50);
        Tensor ends = images.TakeIndices(0, [.. own.Skip(1), own[0]]);
        ClassPath[] paths = new ClassPaths().Find(classifier, images.TakeIndices(0, own), ends);
        double[] margins = [.. own.Select(i => ClosedForm.Doubles(classifier.Logits(images))[2 * i])];
        Assert.All(paths, path =>
        {
            Assert.Equal((PathStatus.Found, 0, 0, 0, 0), (path.Status, path.Class, path.Anchors, path.Depth, path.Gradients));
            Assert.Equal((1.0, 1.0, 0.0, 0.0), (path.RelativeLength, path.ChordPurity, path.Deviation, path.TurningDegrees));
            // Both ends, the straight line, and ten times as many samples of it.
            Assert.Equal(2 + 50 + 500, path.Forwards);
            // The margin is linear on a straight line: lowest at an end.
            Assert.Equal(Math.Min(margins[path.Index], margins[(path.Index + 1) % own.Length]), path.LowestMargin, 1e-12);
        });
    }

    // What the push is for: with the smallest every chord leaves the arc again.
    [Fact]
    public void AnArcIsFollowedWithTheLargestPush()
    {
        ClassPath path = Arc(2, new());
        Assert.Equal((PathStatus.Found, 0.5, 1, 1), (path.Status, path.Push, path.Anchors, path.Depth));
        Assert.InRange(path.RelativeLength, 1.05, 1.09);
        // The middle of the chord lies cos(1) from the centre, and is moved to 0.75 and half as far again.
        double radius = 0.75 + 0.5 * (0.75 - Math.Cos(1));
        double[] anchor = ClosedForm.Row(path.Points, 1);
        Assert.Equal(radius * Math.Cos(1), anchor[0], 1e-9);
        Assert.Equal(radius * Math.Sin(1), anchor[1], 1e-9);
        double half = Math.Sqrt(1 + radius * radius - 2 * radius * Math.Cos(1));
        Assert.Equal(half / Math.Sin(1), path.RelativeLength, 1e-9);
        Assert.Equal((radius - Math.Cos(1)) / (2 * Math.Sin(1)), path.Deviation, 1e-9);
        Assert.Equal(2 * Math.Atan((radius - Math.Cos(1)) / Math.Sin(1)) * 180 / Math.PI, path.TurningDegrees, 1e-7);
        Assert.InRange(path.ChordPurity, 0.2, 0.6);
        Assert.True(path.Gradients > 1 && path.LowestMargin > 0);
        AssertPure(Regions.Arc(2), path, 500);
        Assert.Equal(PathStatus.Depth, Arc(2, new() { Pushes = [0.02] }).Status);
        Assert.Equal(PathStatus.Depth, Arc(2, new() { Pushes = [0.02, 0.1] }).Status);
    }

    // Where logits are small the least step, which is one of logits, pushes a little farther: at the last level that is enough.
    // The numbers are those of a program that follows the recursion pair by pair.
    [Fact]
    public void WithFlatLogitsASmallerPushWillDo()
    {
        ClassPath path = new ClassPaths().Find(
            Regions.Arc(2, steepness: 1), Regions.Points(1, 0), Regions.Points(Math.Cos(2), Math.Sin(2)))[0];
        Assert.Equal((PathStatus.Found, 0.1, 41, 12), (path.Status, path.Push, path.Anchors, path.Depth));
        Assert.Equal(1.0372, path.RelativeLength, 5e-5);
        AssertPure(Regions.Arc(2), path, 500);
    }

    [Fact]
    public void ALongArcIsInconclusiveThoughItIsOnePiece()
    {
        ClassPath path = Arc(3.3, new());
        Assert.False(path.IsFound);
        Assert.True(path.IsInconclusive);
        Assert.Equal((0, double.NaN, double.NaN), (path.Anchors, path.RelativeLength, path.LowestMargin));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(-0.45)]
    public void IslandsHaveNoPath(double height)
    {
        ClassPath[] paths = new ClassPaths(Samples: 20)
            .Find(Regions.Islands(), Regions.Points(-1.1, height, -1, 0), Regions.Points(0.8, -height, 1, 0.1));
        Assert.All(paths, path => Assert.Contains(path.Status, (PathStatus[])[PathStatus.Depth, PathStatus.Projection]));
    }

    [Fact]
    public void TheDenserLookFindsAGapAndClosesIt()
    {
        Classifier classifier = Regions.Slit(0.002, leadsUp: true);
        ClassPath path = new ClassPaths().Find(classifier, Regions.Points(0, 0), Regions.Points(1, 0))[0];
        Assert.Equal((PathStatus.Found, 1.0, 1, 1), (path.Status, path.ChordPurity, path.Anchors, path.Refined));
        Assert.Equal(0.05 * 1.02, ClosedForm.Row(path.Points, 1)[1], 1e-9);
        AssertPure(classifier, path, 500);
    }

    [Fact]
    public void AGapThatCannotBeClosedIsNoPath()
    {
        ClassPath path = new ClassPaths(Depth: 4)
            .Find(Regions.Slit(0.002, leadsUp: false), Regions.Points(0, 0), Regions.Points(1, 0))[0];
        Assert.Equal((PathStatus.Recheck, 0.5, 1.0), (path.Status, path.Push, path.ChordPurity));
        Assert.True(path.IsInconclusive);
    }

    [Fact]
    public void OnePointIsItsOwnPath()
    {
        ClassPath path = new ClassPaths().Find(Regions.Arc(2), Regions.Points(1, 0), Regions.Points(1, 0))[0];
        Assert.Equal((PathStatus.Found, 0, 1.0, 0.0), (path.Status, path.Anchors, path.RelativeLength, path.TurningDegrees));
    }

    [Fact]
    public void WithoutAGradientNothingCanBeMoved()
    {
        // Class 0 for a mean pixel near 0 or 1, the same logits all over each region.
        Classifier steps = new(
            x =>
            {
                Tensor away = (x.Flatten().Take(1, new AxisRange(0, 1)) - 0.5).Square();
                Tensor flat = Ops.Where(away > 0.1, Ops.Like(away, 1), Ops.Like(away, -1));
                return Ops.Concat([flat + away * 0, flat * 0], 1);
            }, Regions.Shape, 2);
        ClassPath path = new ClassPaths().Find(steps, Regions.Points(0, 0), Regions.Points(1, 1))[0];
        Assert.Equal(PathStatus.Projection, path.Status);
    }

    internal static void AssertPure(Classifier classifier, ClassPath path, int samples)
    {
        for (int k = 0; k + 1 < path.Points.Shape[0]; k++)
        {
            (double[] a, double[] b) = (ClosedForm.Row(path.Points, k), ClosedForm.Row(path.Points, k + 1));
            double[] all = [.. Enumerable.Range(1, samples).SelectMany(s =>
                a.Zip(b, (x, y) => x + (y - x) * s / (samples + 1)))];
            Tensor points = Tensor.From(all, [samples, .. classifier.InputShape.ToArray()]);
            Assert.All(Logits.Prediction(classifier.Logits(points)), label => Assert.Equal(path.Class, label));
        }
    }

    private static ClassPath Arc(double radians, ClassPaths settings) => settings.Find(
        Regions.Arc(radians), Regions.Points(1, 0), Regions.Points(Math.Cos(radians), Math.Sin(radians)))[0];
}
