using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Curvature;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>Detection and relabelling on curvatures made by hand: three classes, the image's own and two competitors.</summary>
public class DetectionResultTests
{
    private static readonly Perturbation Pgd = Perturbation.Pgd(0.1);

    [Fact]
    public void ASeparableScoreIsPerfectEverywhere()
    {
        DetectionResult result = Of([(Natural(30, _ => -1), Moved(30, _ => 1, first: 100))]);
        Assert.Equal((30, 30, 1.0), (result.Total, result.Moved, result.Roc!.Area));
        Assert.Equal((1.0, 1.0), (result.Interval!.Low, result.Interval.High));
        Assert.Equal([1.0], result.Areas);
        Assert.Equal(1, Assert.Single(result.Halves).Test.BalancedAccuracy);
        Assert.InRange(result.Halves[0].Threshold, -0.999, 1);
        Assert.Equal((25, 1.0), (result.Protocol!.PerClass, result.Protocol.Mean));
        Assert.Equal((1.0, 1.0), result.ExpectedSigns);
    }

    [Fact]
    public void AWrongSignIsNotTurned()
    {
        DetectionResult result = Of([(Natural(30, k => 1 + k), Moved(30, k => -1 - k, first: 100))]);
        Assert.Equal(0, result.Roc!.Area);
        Assert.True(result.Roc.SuggestsFlippedOrientation);
        Assert.Equal((0.0, 0.0), result.ExpectedSigns);
    }

    [Fact]
    public void AProtocolNeedsEnoughImagesThatAreNotBothNaturalAndPerturbed()
    {
        // 26 perturbed images, all of them natural in the other repetition: drawing 25 natural ones may leave too few.
        ScoredSet early = Natural(30, _ => -1);
        ScoredSet late = Set([.. Enumerable.Range(100, 30).Select(k => Row(k, 0, [-1, -1]))], new int[30]);
        Assert.Null(Of([(early, Moved(13, _ => 1, first: 100)), (late, Moved(13, _ => 1, first: 0))]).Protocol);
        Assert.NotNull(Of([(early, Moved(13, _ => 1, first: 200)), (late, Moved(13, _ => 1, first: 250))]).Protocol);
        Assert.Null(Of([(early, Moved(13, _ => 1, first: 200)), (late, Moved(13, _ => 1, first: 200))]).Protocol);
    }

    [Fact]
    public void EqualScoresSayNothing()
    {
        DetectionResult result = Of([(Natural(6, _ => 0.5), Moved(6, _ => 0.5, first: 100))]);
        Assert.Equal(0.5, result.Roc!.Area);
        Assert.Equal((0.5, 0.5), (result.Interval!.Low, result.Interval.High));
        Assert.Equal(0.5, result.Halves[0].Test.BalancedAccuracy);
        Assert.Null(result.Protocol);
        Assert.Equal((0.0, 1.0), result.ExpectedSigns);
        Assert.Equal(0.5, result.MarginArea);
    }

    [Fact]
    public void TheScoreIsTheMeanOverCompetitorsAndSingularPairsAreLeftOut()
    {
        ScoredSet natural = Set([Row(0, 0, [-3, 1]), Row(1, 0, [double.NaN, 2]), Row(2, 0, [double.NaN, double.NaN])], [0, 0, 0]);
        Assert.Equal([-1, 2, double.NaN], natural.Scores);
        // 2 perturbed scores of 0 and 3 against −1 and 2; the image without any pair is in no pool.
        DetectionResult result = Of([(natural, Set([Row(3, 1, [0, 0]), Row(4, 1, [3, 3])], [0, 0]))]);
        Assert.Equal((2, 2, 0.75), (result.Roc!.Natural, result.Roc.Perturbed, result.Roc.Area));
    }

    [Fact]
    public void FormerClassesAreRankedByHand()
    {
        // The class is 1 now; competitors are 0 and 2. Former class 0 with the highest κ̄, then the lowest, then equal;
        // former class 2 the highest; one image never moved.
        ScoredSet perturbed = Set(
            [Row(10, 1, [5, 2]), Row(11, 1, [-5, 2]), Row(12, 1, [2, 2]), Row(13, 1, [1, 7]), Row(14, 1, [9, 9])],
            [0, 0, 0, 2, 1]);
        Assert.Equal([true, true, true, true, false], perturbed.Moved);
        foreach (bool only in (bool[])[false, true])
        {
            DetectionResult result = Of([(Natural(5, k => -k), perturbed)], only);
            Assert.Equal([2, 2], result.Ranks!.Counts);
            Assert.Equal((0.5, 1.5), (result.Ranks.TopShare(1), result.Ranks.MeanRank));
            Assert.Equal((5, 4), (result.Total, result.Moved));
            Assert.Equal(only, result.IsOfSuccesses);
            Assert.Equal(only ? 4 : 5, result.Roc!.Perturbed);
        }
    }

    [Fact]
    public void WhereNothingMovedThereIsNothingToDetectAmongSuccesses()
    {
        ScoredSet still = Set([.. Enumerable.Range(0, 5).Select(k => Row(10 + k, 0, [1, 1]))], new int[5]);
        DetectionResult all = Of([(Natural(5, _ => -1), still)]);
        Assert.Equal((5, 0, 1.0), (all.Total, all.Moved, all.Roc!.Area));
        Assert.Null(all.Ranks);
        DetectionResult only = Of([(Natural(5, _ => -1), still)], successfulOnly: true);
        Assert.Equal((5, 0), (only.Total, only.Moved));
        Assert.Null(only.Roc);
        Assert.Null(only.Interval);
        Assert.Null(only.Ranks);
        Assert.Empty(only.Halves);
        Assert.Empty(only.Areas);
        Assert.Equal((1.0, double.NaN), only.ExpectedSigns);
        Assert.Equal(double.NaN, only.MarginArea);
    }

    [Fact]
    public void TheMarginIsAScoreOfItsOwn()
    {
        // The largest of the margins −1 and −3 is that of the image; perturbed images lie at −2.
        ScoredSet natural = Set([Row(0, 0, [-1, -1], [-1, -4]), Row(1, 0, [-1, -1], [-8, -3])], [0, 0]);
        ScoredSet perturbed = Set([Row(2, 1, [1, 1], [-2, -9])], [0]);
        Assert.Equal([-1, -3], natural.Nearness);
        DetectionResult result = Of([(natural, perturbed)]);
        Assert.Equal((1.0, 0.5), (result.Roc!.Area, result.MarginArea));
    }

    [Fact]
    public void RepetitionsArePooledAndShownOneByOne()
    {
        DetectionResult result = Of([(Natural(4, _ => 0), Moved(4, _ => 1, first: 50)), (Natural(4, _ => 2), Moved(4, _ => 1, first: 60))]);
        Assert.Equal([1.0, 0.0], result.Areas);
        Assert.Equal(0.5, result.Roc!.Area);
        Assert.Equal((8, 2), (result.Total, result.Halves.Count));
    }

    private static DetectionResult Of((ScoredSet, ScoredSet)[] repetitions, bool successfulOnly = false) =>
        new(Pgd, repetitions, 0, successfulOnly);

    /// <summary>Images 0, 1, … of class 0, each with one κ̄ towards both others.</summary>
    private static ScoredSet Natural(int count, Func<int, double> curvature) =>
        Set([.. Enumerable.Range(0, count).Select(k => Row(k, 0, [curvature(k), curvature(k)]))], new int[count]);

    /// <summary>Images of class 0 that are class 1 now.</summary>
    private static ScoredSet Moved(int count, Func<int, double> curvature, int first) =>
        Set([.. Enumerable.Range(0, count).Select(k => Row(first + k, 1, [curvature(k), curvature(k)]))], new int[count]);

    private static ScoredSet Set(CurvatureRow[] rows, int[] originals) => new([.. rows.Select(row => row.DataIndex)], originals, rows);

    private static CurvatureRow Row(int image, int current, double[] averages, double[]? margins = null)
    {
        int[] competitors = [.. Enumerable.Range(0, 3).Where(c => c != current)];
        return new(image, image, 0, new(image, current, false, false,
            [.. competitors.Select((j, p) => new PairCurvature(j, margins?[p] ?? -1,
                1, 783 * averages[p], averages[p], 0, double.IsNaN(averages[p])))]));
    }
}
