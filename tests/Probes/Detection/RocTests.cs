using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class RocTests
{
    [Fact]
    public void Perfect_scores_have_area_one() =>
        Assert.Equal(1, Roc.Of([1, 2, 3, 4], [false, false, true, true]).Area);

    [Fact]
    public void Reversed_scores_have_area_zero_and_are_not_mirrored()
    {
        (double[] scores, bool[] flags) = DetectionSample.Normal(20, -20, 1);
        Roc roc = Roc.Of(scores, flags);
        Assert.Equal(0, roc.Area);
        Assert.True(roc.SuggestsFlippedOrientation);
        Assert.Equal(0, roc.TruePositiveRateAt(0.95));
    }

    [Fact]
    public void Equal_scores_have_area_one_half()
    {
        Roc roc = Roc.Of([7, 7, 7], [false, true, true]);
        Assert.Equal(0.5, roc.Area);
        Assert.Equal([new(double.PositiveInfinity, 0, 0), new(7, 1, 1)], roc.Points);
        Assert.Equal(0, roc.TruePositiveRateAt(0.05));
    }

    [Fact]
    public void Points_of_a_hand_example()
    {
        Roc roc = Roc.Of([0.9, 0.8, 0.8, 0.3, 0.1], [true, true, false, true, false]);
        RocPoint[] expected =
        [
            new(double.PositiveInfinity, 0, 0), new(0.9, 0, 1 / 3.0), new(0.8, 0.5, 2 / 3.0), new(0.3, 0.5, 1), new(0.1, 1, 1),
        ];
        Assert.Equal(expected, roc.Points);
        Assert.Equal(4.5 / 6, roc.Area);
        Assert.Equal(1 / 3.0, roc.TruePositiveRateAt(0.49));
        Assert.Equal(1, roc.TruePositiveRateAt(0.5));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(40, 3)]
    [InlineData(301, 12)]
    [InlineData(300, 100000)]
    public void Area_counts_pairs_and_is_the_rank_formula_and_the_area_below_the_points(int count, int levels)
    {
        (double[] scores, bool[] flags) = DetectionSample.Tied(count, levels, count + levels);
        Roc roc = Roc.Of(scores, flags);
        Assert.Equal(PairShare(scores, flags), roc.Area, 1e-14);
        Assert.Equal(RankFormula(scores, flags), roc.Area, 1e-12);
        double below = roc.Points.Zip(roc.Points.Skip(1), (a, b) =>
            (b.FalsePositiveRate - a.FalsePositiveRate) * (a.TruePositiveRate + b.TruePositiveRate) / 2).Sum();
        Assert.Equal(below, roc.Area, 1e-12);
    }

    [Fact]
    public void Area_of_two_normal_scores_is_the_known_one()
    {
        // P(N(1, 1) > N(0, 1)) = Φ(1/√2) = 0.76025; four standard errors of 4000 + 4000 examples are 0.021.
        (double[] scores, bool[] flags) = DetectionSample.Normal(4000, 1, 3);
        Assert.Equal(0.76025, Roc.Of(scores, flags).Area, 0.021);
    }

    [Fact]
    public void Chance_does_not_look_like_a_flipped_score()
    {
        (double[] scores, bool[] flags) = DetectionSample.Tied(200, 1, 1);
        Assert.False(Roc.Of(scores, flags).SuggestsFlippedOrientation);
        // Standard error of 1 + 1 examples: one half. No area can be that far off.
        Assert.False(Roc.Of([1, 0], [false, true]).SuggestsFlippedOrientation);
    }

    [Fact]
    public void Refuses_one_class_and_scores_that_are_no_numbers()
    {
        Assert.Contains("2 of 2 examples are perturbed", Message([1, 2], [true, true]));
        Assert.Contains("0 of 1 examples are perturbed", Message([1], [false]));
        Assert.Contains("0 of 0 examples are perturbed", Message([], []));
        Assert.Contains("example 1 is NaN", Message([1, double.NaN], [true, false]));
        Assert.Contains("2 scores and 1 flags", Message([1, 2], [true]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Roc.Of([1, 2], [true, false]).TruePositiveRateAt(double.NaN));
    }

    private static string Message(double[] scores, bool[] flags) =>
        Assert.Throws<ArgumentException>(() => Roc.Of(scores, flags)).Message;

    private static double PairShare(double[] scores, bool[] flags)
    {
        (double won, double pairs) = (0, 0);
        for (int p = 0; p < scores.Length; p++)
        {
            for (int n = 0; n < scores.Length; n++)
            {
                if (!flags[p] || flags[n]) continue;
                won += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
                pairs++;
            }
        }
        return won / pairs;
    }

    // (R - P(P + 1)/2)/(P N), R the sum of the perturbed examples' average ranks.
    private static double RankFormula(double[] scores, bool[] flags)
    {
        double ranks = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!flags[i]) continue;
            int below = scores.Count(s => s < scores[i]);
            int equal = scores.Count(s => s == scores[i]);
            ranks += below + (equal + 1) / 2.0;
        }
        double perturbed = flags.Count(f => f);
        return (ranks - perturbed * (perturbed + 1) / 2) / (perturbed * (scores.Length - perturbed));
    }
}
