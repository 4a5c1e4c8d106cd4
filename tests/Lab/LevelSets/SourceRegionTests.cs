using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Lab.LevelSets;

/// <summary>What is counted between a source and its ends, on networks of which it is known, and how it is averaged.</summary>
public sealed class SourceRegionTests
{
    private static readonly Shape Pixels = [1, 1, 2];

    /// <summary>Logits (0, 0): a confidence of one half everywhere.</summary>
    private static readonly Classifier Constant = new(x => Ops.Zeros([x.Shape[0], 2]), Pixels, 2);

    /// <summary>The confidence falls with the first pixel: 1/2 at 0, 1/(1 + e⁴) at 1.</summary>
    private static readonly Classifier Falling = new(x =>
    {
        Tensor first = x.Reshape(-1, 2).Take(1, new AxisRange(0, 1));
        return Ops.Concat([first * -4, first * 0], 1);
    }, Pixels, 2);

    private static readonly Tensor Source = Tensor.From([0f, 0f], [1, 1, 1, 2]);

    [Fact]
    public void AConstantNetworkKeepsAllOfTheHull()
    {
        HullNumbers hull = Of(Constant, [1, 0, 0, 1], [7, 8], [0.5, 2])!;
        Assert.Equal((1, 0, 0.5, 0.5, 0.5, 0.0), (hull.Triangles, hull.Degenerate, hull.SourceConfidence, hull.Mean, hull.EdgeMean,
            hull.EdgeLowest));
        Assert.Equal([0, 1, 1, 1], hull.Shares);
        // Of 66 points those of which one pixel is above one half: 2 · (5 + 4 + 3 + 2 + 1).
        Assert.Equal([30.0 / 66, 0], hull.Beyond);
        Assert.Equal([1, double.NaN], hull.BeyondHigh);
    }

    [Fact]
    public void SharesAreThoseOfTheClosedForm()
    {
        HullNumbers hull = Of(Falling, [1, 0, 0, 1], [7, 8], [0.5])!;
        (double sum, int high, int beyondHigh) = (0, 0, 0);
        for (int i = 0; i <= 10; i++)
        {
            for (int j = 0; j <= 10 - i; j++)
            {
                double q = 1 / (1 + Math.Exp(0.4 * i));
                sum += q;
                if (q > 0.3) high++;
                if (q > 0.3 && (i > 5 || j > 5)) beyondHigh++;
            }
        }
        Assert.Equal(sum / 66, hull.Mean, 6);
        Assert.Equal(high / 66.0, hull.Shares[2], 12);
        Assert.Equal(beyondHigh / 30.0, hull.BeyondHigh[0], 12);
        Assert.Equal(1 / (1 + Math.Exp(4)) - 0.5, hull.EdgeLowest, 6);
    }

    [Fact]
    public void TrianglesWithoutAreaAreCountedAndNotMeasured()
    {
        Assert.Equal(1, Of(Constant, [1, 0, 0, 1, 0.5f, 0], [7, 8, 9], [])!.Degenerate);
        HullNumbers twice = Of(Constant, [1, 0, 0, 1, 0.5f, 0.5f], [7, 8, 7], [])!;
        Assert.Equal((2, 1), (twice.Triangles, twice.Degenerate));
        Assert.Null(Of(Constant, [1, 0], [7], []));
        Assert.Null(Of(Constant, [1, 0, 0.5f, 0], [7, 8], []));
    }

    /// <summary>Of the 66 points the released code loses (0.8, 0.2) and (0.9, 0.1), where the confidence is lowest.</summary>
    [Fact]
    public void TheReferenceGridLosesTwoPoints()
    {
        HullNumbers all = Of(Falling, [1, 0, 0, 1], [7, 8], [])!;
        HullNumbers some = HullNumbers.Of(Falling, Source, Ends([1, 0, 0, 1]), [7, 8], 0, [], hasReferenceGrid: true)!;
        double lost = 1 / (1 + Math.Exp(3.2)) + 1 / (1 + Math.Exp(3.6));
        Assert.Equal((66 * all.Mean - lost) / 64, some.Mean, 6);
    }

    [Fact]
    public void LinesAreCountedByDrop()
    {
        StarNumbers star = StarNumbers.Of(new(
            [new(2, [0.9, 0.9, 0.85]), new(4, [0.9, 0.75, 0.65])], [new(2, [0.9, 0.4, 0.9]), new(4, [0.9, 0.9, 0.9])],
            [new(3, [0.9, 0.5, 0.1])])
        { Skipped = 1 });
        Assert.Equal((2, 1), (star.Limbs, star.Skipped));
        Assert.Equal([0, 1, 1, 2], star.Walked);
        Assert.Equal([0, 1, 1, 1], star.Random);
        Assert.Equal([0, 0, 0, 0], star.Targets);
        Assert.Equal((0.75, 0.5, 0.0, 3.0), (star.WalkedReach, star.RandomReach, star.TargetReach, star.Length));
    }

    [Fact]
    public void SourcesAreAveragedAndDeviationsAreOfThePopulation()
    {
        HullSummary hulls = HullSummary.Of([Region(1, 0.6, 0.5, -0.1), Region(2, 0.8, 0.7, -0.3), new(3, null, null, null)]);
        Assert.Equal((2, 1, 20, 2), (hulls.Sources, hulls.Without, hulls.Triangles, hulls.Degenerate));
        Assert.Equal((0.7, 0.1), (hulls.Mean.Mean, Math.Round(hulls.Mean.Deviation, 12)));
        Assert.Equal((0.6, 0.1), (Math.Round(hulls.Shares[2].Mean, 12), Math.Round(hulls.Shares[2].Deviation, 12)));
        Assert.Equal(-0.3, hulls.EdgeLowest);
        StarSummary stars = StarSummary.Of([Region(1, 0.6, 0.5, 0), Region(2, 0.8, 0.7, 0)]);
        Assert.Equal(new SuccessShare(6, 8), stars.Walked[2]);
        Assert.Equal(new SuccessShare(2, 8), stars.Random[2]);
        Assert.Equal(new SuccessShare(2, 10), stars.Targets[2]);
        Assert.Equal(new SuccessShare(160, 200), stars.Hull);
        Assert.Equal((2, 2.0), (stars.Skipped, stars.LogVolume.Mean));
    }

    [Fact]
    public void WalksThatDoNotCountAreInNoAverage()
    {
        DistanceSummary d = DistanceSummary.Of(
        [
            Walk(ExampleStatus.Completed, 0.02, true), Walk(ExampleStatus.Stalled, 0.04, true), Walk(ExampleStatus.Completed, 0.09, true),
            Walk(ExampleStatus.Completed, 0.01, false), Walk(ExampleStatus.SameClass, 5, true), Walk(ExampleStatus.NonFinite, 5, false),
        ]);
        Assert.Equal((4, 2, 2, 3), (d.Count, d.Excluded, d.Arrived, d.Kept));
        Assert.Equal(0.04, d.Rmse.Mean, 12);
        // The sample's: √((0.02² + 0 + 0.05² + 0.03²)/3).
        Assert.Equal(Math.Sqrt(0.0038 / 3), d.Rmse.Deviation, 12);
        Assert.Equal(0.1, d.WayLeft.Mean, 12);
    }

    private static SourceRegion Region(int source, double mean, double share, double lowest) => new(source,
        new(10, 1, 0.9, mean, [0, share, share, share], mean, lowest, [], []),
        new(4, 1, [0, 3, 3, 3], [0, 1, 1, 1], [0, 1, 1, 1], 1, 1, 1, 1),
        new(5, 100, 80, 20, source == 1 ? 1 : 3, double.NaN));

    private static LevelSetWalk Walk(ExampleStatus status, double rmse, bool isKept) =>
        new(0, 1, status, 0.9, 0.8, isKept, 0.4, rmse, 0.1, 0.9, 0.5, 0.1, 0.6, 10);

    private static Tensor Ends(float[] values) => Tensor.From(values, [values.Length / 2, 1, 1, 2]);

    private static HullNumbers? Of(Classifier classifier, float[] ends, int[] targets, double[] radii) =>
        HullNumbers.Of(classifier, Source, Ends(ends), targets, 0, radii, hasReferenceGrid: false);
}
