using MiniGrad.Probes;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Straight lines from an image inside regions whose shape is known, and lines in random directions.</summary>
public class StarShapeTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Rng Draws = new(5);

    [Fact]
    public void OverAGapTheLineToTheOtherIslandLeavesTheRegion()
    {
        // Confident is who is nearer than log(0.5225 / 0.4775) below the radius of ½: until a fifth of the way.
        StarShape star = Plane(Topology.Regions.Islands(), (-1, 0), (1, 0), (-1, 0.1));
        Assert.Equal([false, true], star.Limbs.Select(limb => limb.Stays(0.1)));
        Assert.Equal(0.2, star.Limbs[0].Reach(0.1));
        Assert.Equal((1, 1), (star.Inside(0.1), star.Limbs[1].Reach(0.1)));
        Assert.Equal(star.Limbs[0].Confidence[0], star.Limbs[0].Confidence[50], 1e-12);
    }

    [Fact]
    public void WalksRoundABendAreNotStarLike()
    {
        double[] angles = [0.5, 1, 2, Math.PI];
        StarShape star = Plane(Topology.Regions.Arc(Math.PI), (1, 0), [.. angles.Select(a => (Math.Cos(a), Math.Sin(a)))]);
        // Chords of the arc lie 1 − cos(angle / 2) inside it, the band goes 0.25 in.
        Assert.Equal(angles.Select(a => 1 - Math.Cos(a / 2) < 0.236), star.Limbs.Select(limb => limb.Stays(0.2)));
        Assert.Equal(2, star.Inside(0.2));
        Assert.Equal(angles.Select(a => 2 * Math.Sin(a / 2)), star.Limbs.Select(limb => limb.Length), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.All(star.Limbs.Where(limb => !limb.Stays(0.2)), limb => Assert.InRange(limb.Reach(0.2), 0.05, 0.5));
    }

    [Fact]
    public void AlongALevelSetAllLinesStayAndRandomOnesDoNot()
    {
        double[] w = new double[16];
        w[3] = 20;
        Tensor source = ClosedForm.Constant(new double[16], [1, 1, 4, 4], DType.F64);
        double[] ends = ClosedForm.Doubles(ClosedForm.Images(40, Shape, 9, DType.F64, -1));
        for (int i = 0; i < 40; i++) ends[16 * i + 3] = 0;
        StarShape star = StarShape.Measure(ClosedForm.Linear(w, 0, Shape, -3, 3), source,
            ClosedForm.Constant(ends, [40, 1, 4, 4], DType.F64), ClosedForm.Images(2, Shape, 4, DType.F64, 0.5), 1, Draws);
        Assert.Equal(40, star.Inside(0.2));
        // Half of the random directions raise the confidence; of the others few are nearly flat.
        Assert.InRange(StarShape.Share(star.Random, 0.2).Successes, 12, 28);
        Assert.Equal((0, 2), (StarShape.Share(star.Targets, 0.2).Successes, star.Targets.Length));
        Assert.Equal(0.5, star.SourceConfidence);
    }

    [Fact]
    public void WhereNothingChangesRandomDirectionsStayJustAsWell()
    {
        StarShape star = Measure(ClosedForm.Constant([2, 0, 1], Shape), ClosedForm.Images(5, Shape, 2), ClosedForm.Images(3, Shape, 7));
        Assert.Equal((5, 5, 3), (star.Inside(0.1), StarShape.Share(star.Random, 0.1).Successes,
            StarShape.Share(star.Targets, 0.1).Successes));
        Assert.Equal(1, StarShape.Share(star.Random, 0.1).Rate);
        // Strictly above: at a drop of 0 not even the source is.
        Assert.Equal((0, 0), (star.Inside(0), star.Limbs[0].Reach(0)));
    }

    [Fact]
    public void RandomLinesAreAsLongAndInTheBox()
    {
        Tensor source = ClosedForm.Images(1, Shape, 1, DType.F64);
        Tensor ends = source + (ClosedForm.Images(6, Shape, 2, DType.F64) - source) * 0.7;
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        StarShape star = StarShape.Measure(classifier, source, ends, null, 0, Draws);
        Assert.Equal(star.Limbs.Select(limb => limb.Length), star.Random.Select(limb => limb.Length), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Empty(star.Targets);
        classifier.CheckImages(RandomEnds.Of(classifier, source, ends, Draws), "random ends");
        Assert.Equal(6, star.Random.Select(limb => limb.Confidence[50]).Distinct().Count());
    }

    [Fact]
    public void WhereTheBoxIsTooSmallTheFarthestPointIsTaken()
    {
        Assert.Equal([1, 0, 0.5], RandomEnds.End([0.5, 0.5, 0.5], [2, -0.1, 0], 10, 0, 1));
        Assert.Equal([0, 1], RandomEnds.End([0, 1], [-1, 1], 0.5, 0, 1));
        // One pixel is at its bound after a step of 0.1; the other makes up for it.
        Assert.Equal([1, 0.3], RandomEnds.End([0.9, 0.9], [1, -1], Math.Sqrt(0.01 + 0.36), 0, 1), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void ALineDependsOnItsNumberAlone()
    {
        Tensor ends = ClosedForm.Images(4, Shape, 2);
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        StarShape all = Measure(classifier, ends);
        StarShape two = Measure(classifier, ends.TakeIndices(0, [0, 1]));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(all.Limbs[i].Confidence, two.Limbs[i].Confidence);
            Assert.Equal(all.Random[i].Confidence, two.Random[i].Confidence);
        }
    }

    [Fact]
    public void EndsThatEqualTheSourceAreLeftOutAndCounted()
    {
        Tensor source = ClosedForm.Images(1, Shape, 1);
        StarShape star = Measure(ClosedForm.TwoLayer(Shape, 3), Ops.Concat([ClosedForm.Images(1, Shape, 2), source,
            ClosedForm.Images(1, Shape, 3)], 0), source);
        Assert.Equal([0, 2], star.Limbs.Select(limb => limb.End));
        Assert.Equal([0, 2], star.Random.Select(limb => limb.End));
        Assert.Equal((1, 0), (star.Skipped, star.Targets.Length));
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        Classifier classifier = ClosedForm.Constant([1, 0], Shape);
        Tensor source = ClosedForm.Images(1, Shape, 1);
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("drop -0.1", () => Measure(classifier, ClosedForm.Images(1, Shape, 2)).Inside(-0.1));
        Refused("drop NaN", () => new StarLimb(1, [1, 1]).Reach(double.NaN));
        Refused("0 intervals", () => StarShape.Measure(classifier, source, source, null, 0, Draws, 0));
        Refused("class 2", () => StarShape.Measure(classifier, source, source, null, 2, Draws));
        Refused("star: ends: image 0 is outside the box", () => StarShape.Measure(classifier, source, source + 1, null, 0, Draws));
        Refused("star: targets: shape [1, 16]", () => StarShape.Measure(classifier, source, source, source.Flatten(), 0, Draws));
    }

    private static StarShape Measure(Classifier classifier, Tensor ends, Tensor? targets = null) =>
        StarShape.Measure(classifier, ClosedForm.Images(1, Shape, 1), ends, targets, 0, Draws);

    private static StarShape Plane(Classifier classifier, (double X, double Y) source, params (double X, double Y)[] ends) =>
        StarShape.Measure(classifier, Topology.Regions.Points(source.X, source.Y),
            Topology.Regions.Points([.. ends.SelectMany(end => (double[])[end.X, end.Y])]), null, 0, Draws);
}
