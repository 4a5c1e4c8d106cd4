using MiniGrad.Probes;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The confidence over a triangle of images.</summary>
public class TriangleHullTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor[] Corners = [.. Enumerable.Range(1, 3).Select(seed => ClosedForm.Images(1, Shape, seed, DType.F64))];

    [Fact]
    public void ItHas66Points64OnTheReferenceGrid()
    {
        TriangleHull hull = Measure(ClosedForm.TwoLayer(Shape, 3));
        Assert.Equal(66, hull.All.Count());
        Assert.Equal(Enumerable.Range(1, 11).Reverse(), hull.Values.Select(row => row.Length));
        TriangleHull reference = hull.ReferenceGrid();
        Assert.Equal(64, reference.All.Count());
        Assert.Equal([11, 10, 9, 8, 7, 6, 5, 4, 2, 1, 1], reference.Values.Select(row => row.Length));
        Assert.Equal(hull.Values[8][..2], reference.Values[8]);
        Assert.Equal(hull.Values[9][..1], reference.Values[9]);
        Assert.Equal((hull.EdgeMean, hull.EdgeLowestDifference), (reference.EdgeMean, reference.EdgeLowestDifference));
    }

    [Fact]
    public void AConstantClassifierFillsItFromTheFirstDropOn()
    {
        TriangleHull hull = Measure(ClosedForm.Constant([2, 0, 1], Shape));
        Assert.Equal(0, hull.ShareAbove(0));
        Assert.Equal(1, hull.ShareAbove(0.1));
        Assert.Equal(hull.SourceConfidence, hull.Mean, 1e-12);
        Assert.Equal(hull.SourceConfidence, hull.EdgeMean, 1e-12);
        Assert.Equal(0, hull.EdgeLowestDifference);
    }

    [Fact]
    public void OnALinearClassifierEveryPointIsKnown()
    {
        double[] w = new Rng(4).Normal(16);
        double[] at = [.. Corners.Select(corner => ClosedForm.Dot(w, ClosedForm.Row(corner, 0)))];
        TriangleHull hull = Measure(ClosedForm.Linear(w, 0, Shape));
        double Expected(int i, int j) => 1 / (1 + Math.Exp(-((10 - i - j) * at[0] + i * at[1] + j * at[2]) / 10));
        List<double> all = [];
        List<double> edges = [];
        for (int i = 0; i <= 10; i++)
        {
            edges.AddRange([Expected(i, 0), Expected(0, i)]);
            for (int j = 0; j <= 10 - i; j++)
            {
                all.Add(Expected(i, j));
                Assert.Equal(Expected(i, j), hull.Values[i][j], 1e-12);
            }
        }
        Assert.Equal(all.Average(), hull.Mean, 1e-12);
        Assert.Equal(edges.Average(), hull.EdgeMean, 1e-12);
        Assert.Equal(edges.Min() - Expected(0, 0), hull.EdgeLowestDifference, 1e-12);
        foreach (double drop in (double[])[0.1, 0.2, 0.3])
        {
            Assert.Equal(all.Count(q => q > Expected(0, 0) - drop) / 66.0, hull.ShareAbove(drop), 1e-12);
        }
        Assert.InRange(hull.ShareAbove(0), 0, 65 / 66.0);
    }

    [Fact]
    public void ItsAreaIsThatOfTheTriangleAndWithoutOneItIsNone()
    {
        Tensor Point(double first, double second)
        {
            double[] pixels = new double[16];
            (pixels[0], pixels[1]) = (first, second);
            return ClosedForm.Constant(pixels, [1, 1, 4, 4], DType.F64);
        }
        Classifier classifier = ClosedForm.Constant([2, 0, 1], Shape);
        TriangleHull Over(Tensor first, Tensor second) => TriangleHull.Measure(classifier, Point(0, 0), first, second, 0);
        TriangleHull hull = Over(Point(0.5, 0), Point(1, 0.4));
        Assert.Equal((0.1, 0.1, 0), (Math.Round(hull.Area, 12), Math.Round(hull.AreaAbove(0.1), 12), hull.AreaAbove(0)));
        Assert.Equal(hull.Area, hull.ReferenceGrid().Area);
        Assert.False(hull.IsDegenerate);
        Assert.True(Over(Point(0.5, 0.2), Point(0.5, 0.2)).IsDegenerate);
        Assert.True(Over(Point(0, 0), Point(0.5, 0.2)).IsDegenerate);
        Assert.True(Over(Point(0.25, 0.25), Point(0.75, 0.75)).IsDegenerate);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 6)]
    [InlineData(20, 231)]
    public void OtherGridsHaveTheirPoints(int intervals, int points) =>
        Assert.Equal(points,
            TriangleHull.Measure(ClosedForm.Constant([1, 0], Shape), Corners[0], Corners[1], Corners[2], 0, intervals).All.Count());

    [Fact]
    public void WrongInputsAreNamed()
    {
        Classifier classifier = ClosedForm.Constant([1, 0], Shape);
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("drop -0.1", () => Measure(classifier).ShareAbove(-0.1));
        Refused("drop NaN", () => Measure(classifier).ShareAbove(double.NaN));
        Refused("0 intervals", () => TriangleHull.Measure(classifier, Corners[0], Corners[1], Corners[2], 0, 0));
        Refused("class -1", () => TriangleHull.Measure(classifier, Corners[0], Corners[1], Corners[2], -1));
        Refused("outside the box", () => TriangleHull.Measure(classifier, Corners[0], Corners[1] - 2, Corners[2], 0));
        Refused("2 images", () => TriangleHull.Measure(classifier, Corners[0], Corners[1], Ops.Concat([Corners[1], Corners[2]], 0), 0));
    }

    private static TriangleHull Measure(Classifier classifier) => TriangleHull.Measure(classifier, Corners[0], Corners[1], Corners[2], 0);
}
