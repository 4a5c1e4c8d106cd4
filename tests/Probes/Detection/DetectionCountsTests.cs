using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class DetectionCountsTests
{
    [Fact]
    public void Rates_of_a_hand_example()
    {
        DetectionCounts counts = DetectionCounts.At(0.5, [0.9, 0.5, 0.4, 0.6, 0.1], [true, true, true, false, false]);
        Assert.Equal(new DetectionCounts(0.5, 2, 1, 1, 1), counts);
        Assert.Equal(0.6, counts.Accuracy, 1e-15);
        Assert.Equal(2 / 3.0, counts.TruePositiveRate, 1e-15);
        Assert.Equal(0.5, counts.FalsePositiveRate);
        Assert.Equal((2 / 3.0 + 0.5) / 2, counts.BalancedAccuracy, 1e-15);
    }

    [Fact]
    public void Best_threshold_is_the_midpoint_of_its_gap()
    {
        DetectionCounts best = DetectionCounts.Best([1, 2, 3, 7, 8], [false, false, true, false, true]);
        // Above 2: both perturbed, one of three natural flagged (5/6). Above 7: one hit, no false alarm (3/4).
        Assert.Equal(new DetectionCounts(2.5, 2, 1, 2, 0), best);
    }

    [Fact]
    public void Of_equal_thresholds_the_highest_wins()
    {
        // Above 1: 2 of 2 hits, 1 of 2 false alarms. Above 3: 1 of 2 hits, no false alarm. Both 3/4.
        DetectionCounts best = DetectionCounts.Best([1, 2, 3, 4], [false, true, false, true]);
        Assert.Equal((3.5, 0.75, 0.0), (best.Threshold, best.BalancedAccuracy, best.FalsePositiveRate));
    }

    [Fact]
    public void Balanced_accuracy_does_not_follow_the_larger_class()
    {
        // Flagging nothing is right for 9 of 10, but balanced accuracy wants the perturbed one found.
        double[] scores = [1, 2, 3, 4, 5, 6, 8, 9, 10, 7];
        bool[] flags = [.. Enumerable.Range(0, 10).Select(i => i == 9)];
        Assert.Equal(6.5, DetectionCounts.Best(scores, flags).Threshold);
    }

    [Theory]
    [InlineData(new double[] { 3, 3, 3 })]
    [InlineData(new double[] { 3, 2, 1 })]
    public void Where_no_threshold_beats_chance_nothing_is_flagged(double[] scores)
    {
        DetectionCounts best = DetectionCounts.Best(scores, [false, false, true]);
        Assert.Equal((0.5, 0, 0), (best.BalancedAccuracy, best.TruePositives, best.FalsePositives));
        Assert.True(best.Threshold > 3 && best.Threshold < 3.001);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-4.5)]
    [InlineData(0.0)]
    [InlineData(1e308)]
    public void Threshold_parts_even_neighbouring_numbers(double low)
    {
        double high = Math.BitIncrement(low);
        DetectionCounts best = DetectionCounts.Best([low, high], [false, true]);
        Assert.Equal(1, best.BalancedAccuracy);
        Assert.Equal(best, DetectionCounts.At(best.Threshold, [low, high], [false, true]));
    }

    [Fact]
    public void Thresholds_may_be_infinite_but_not_nan()
    {
        Assert.Equal((0, 0), (DetectionCounts.At(double.PositiveInfinity, [1, 2], [false, true]).TruePositives, DetectionCounts.At(
            double.NegativeInfinity, [1, 2], [false, true]).TrueNegatives));
        Assert.Throws<ArgumentException>(() => DetectionCounts.At(double.NaN, [1, 2], [false, true]));
    }

    [Fact]
    public void Best_is_what_a_search_over_all_cuts_finds()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            (double[] scores, bool[] flags) = DetectionSample.Tied(60, 3 + seed, seed);
            DetectionCounts best = DetectionCounts.Best(scores, flags);
            double searched = scores.Append(1e9).Max(cut => DetectionCounts.At(cut, scores, flags).BalancedAccuracy);
            Assert.Equal(searched, best.BalancedAccuracy, 1e-12);
            Assert.Equal(best, DetectionCounts.At(best.Threshold, scores, flags));
        }
    }
}
