using MiniGrad.Probes;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Volumes of simplices and how much of them is in regions of known size.</summary>
public class HullVolumeTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Origin = ClosedForm.Constant(new double[16], [1, 1, 4, 4], DType.F64);
    private static readonly Rng Draws = new(6);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    public void TheRightSimplexHasOneOverTheFactorial(int corners)
    {
        double factorial = Enumerable.Range(1, corners).Aggregate(1.0, (product, k) => product * k);
        HullVolume hull = Measure(ClosedForm.Constant([2, 0, 1], Shape), Units(corners), 0.1).Walked;
        Assert.Equal(-Math.Log10(factorial), hull.LogVolume, 1e-12);
        Assert.Equal((1000, 1000, hull.LogVolume), (hull.Points, hull.Inside, hull.LogRegionVolume));
        Assert.Equal(1, hull.Share.Rate);
    }

    [Fact]
    public void AnyTriangleHasHalfItsBaseTimesHeight()
    {
        double[][] edges = [[3, 0, 0], [7, 0, 4]];
        Assert.Equal(Math.Log10(6), HullVolume.LogSimplex(edges), 1e-12);
        Assert.Equal(double.NaN, HullVolume.LogSimplex([[3, 0, 4], [6, 0, 8]]));
        Assert.Equal(double.NaN, HullVolume.LogSimplex([[1, 0], [0, 1], [1, 1]]));
        Assert.Equal(double.NaN, HullVolume.LogSimplex([[0, 0, 0], [1, 0, 0]]));
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(3, 0.3)]
    [InlineData(6, 0.1)]
    public void TheShareOfAHalfSpaceIsKnown(int corners, double cut)
    {
        // Confidence falls along the first pixel and is 0.3 lower at the cut, whose share of a uniform point is Beta(1, k).
        double[] w = new double[16];
        w[0] = -Math.Log(0.8 / 0.2) / cut;
        double share = 1 - Math.Pow(1 - cut, corners);
        HullVolume hull = Measure(ClosedForm.Linear(w, 0, Shape), Units(corners), 0.3, points: 4000).Walked;
        Assert.Equal(share, hull.Share.Rate, 4 * Math.Sqrt(share * (1 - share) / 4000));
        Assert.Equal(hull.LogVolume + Math.Log10(hull.Inside / 4000.0), hull.LogRegionVolume);
    }

    [Fact]
    public void TheControlIsTheSimplexOfTheRandomLines()
    {
        // The confidence is the same along the walk, the first pixel, and falls towards the end of the random line of the same length.
        Tensor ends = Units(1);
        double[] w = ClosedForm.Row(RandomEnds.Of(ClosedForm.Linear(new double[16], 0, Shape, -3, 3), Origin, ends, Draws), 0);
        w[0] = 0;
        double slope = ClosedForm.Dot(w, w);
        Classifier classifier = ClosedForm.Linear([.. w.Select(pixel => -2 * pixel / slope)], 0, Shape, -3, 3);
        (HullVolume walked, HullVolume random) = Measure(classifier, ends, 0.2);
        Assert.Equal((1000, 0), (walked.Inside, walked.LogVolume));
        // σ(−2t) is above 0.3 until t = ln(0.7 / 0.3) / 2.
        Assert.Equal(Math.Log(0.7 / 0.3) / 2, random.Share.Rate, 0.06);
        Assert.Equal(0, random.LogVolume, 1e-12);
    }

    [Fact]
    public void NothingInsideHasALogarithmOfMinusInfinity()
    {
        HullVolume hull = Measure(ClosedForm.Constant([2, 0, 1], Shape), Units(3), 0).Walked;
        Assert.Equal((0, double.NegativeInfinity), (hull.Inside, hull.LogRegionVolume));
    }

    [Fact]
    public void EqualEndsSpanNoVolume()
    {
        Tensor end = ClosedForm.Images(1, Shape, 4, DType.F64);
        HullVolume hull = Measure(ClosedForm.Constant([2, 0, 1], Shape), Ops.Concat([end, end], 0), 0.1).Walked;
        Assert.Equal((1000, double.NaN, double.NaN), (hull.Inside, hull.LogVolume, hull.LogRegionVolume));
    }

    [Fact]
    public void APointDependsOnItsNumberAlone()
    {
        double[][] many = HullVolume.Weights(Draws, 4, 3000);
        Assert.Equal(many[..7], HullVolume.Weights(Draws, 4, 7));
        Assert.All(many, weights => Assert.Equal(1, weights.Sum(), 1e-12));
        for (int corner = 0; corner < 4; corner++)
        {
            Assert.Equal(0.25, many.Average(weights => weights[corner]), 0.015);
            // A coordinate of a uniform point of a tetrahedron: Beta(1, 3).
            Assert.Equal(1 - Math.Pow(0.9, 3), many.Average(weights => weights[corner] < 0.1 ? 1 : 0), 0.035);
        }
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        Classifier classifier = ClosedForm.Constant([1, 0], Shape);
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("0 points", () => Measure(classifier, Units(2), 0.1, points: 0));
        Refused("drop -1", () => Measure(classifier, Units(2), -1));
        Refused("class 5", () => HullVolume.Measure(ClosedForm.Constant([1, 0], Shape), Origin, Units(2), 5, 0.1, Draws));
        Refused("hull volume: ends: image 0 is outside the box", () => Measure(classifier, Units(2) * 2 - Units(2).Flip(0), 0.1));
        Refused("batch is empty", () => Measure(classifier, Units(2).Take(0, new AxisRange(0, 0)), 0.1));
    }

    private static (HullVolume Walked, HullVolume Random) Measure(Classifier classifier, Tensor ends, double drop, int points = 1000) =>
        HullVolume.Measure(classifier, Origin, ends, 0, drop, Draws, points);

    /// <summary>The first unit vectors.</summary>
    private static Tensor Units(int count)
    {
        double[] values = new double[16 * count];
        for (int k = 0; k < count; k++) values[17 * k] = 1;
        return ClosedForm.Constant(values, [count, 1, 4, 4], DType.F64);
    }
}
