using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class RankHistogramTests
{
    [Fact]
    public void Ranks_by_hand()
    {
        double[][] scores = [[3, 2, 1], [3, 2, 1], [-1, 5, 0], [0, 0, 1], [double.NaN, 1, 2]];
        RankHistogram ranks = RankHistogram.Of(scores, [0, 2, 1, 0, 1]);
        Assert.Equal([2, 0, 2], ranks.Counts);
        Assert.Equal((4, 1), (ranks.Count, ranks.Excluded));
        Assert.Equal(2, ranks.MeanRank);
        Assert.Equal([0.5, 0.5, 1.0], new[] { ranks.TopShare(1), ranks.TopShare(2), ranks.TopShare(3) });
    }

    [Fact]
    public void Ties_count_against_us()
    {
        Assert.Equal([0, 0, 0, 1], RankHistogram.Of([[1, 1, 1, 1]], [0]).Counts);
        Assert.Equal([0, 1, 0, 0], RankHistogram.Of([[0, 7, 7, 1]], [2]).Counts);
    }

    [Fact]
    public void Noise_meets_the_chance_levels()
    {
        const int examples = 9000;
        double[] noise = new Rng(6).Normal(9 * examples);
        double[][] scores = [.. noise.Chunk(9)];
        RankHistogram ranks = RankHistogram.Of(scores, [.. Enumerable.Range(0, examples).Select(i => i % 9)]);
        Assert.Equal((5.0, 1 / 9.0, 3 / 9.0), (ranks.ChanceMeanRank, ranks.ChanceTopShare(1), ranks.ChanceTopShare(3)));
        // Four standard errors: 4 √(60/9/9000) for the mean rank, 4 √(2/9/9000) for a share.
        Assert.Equal(5, ranks.MeanRank, 0.11);
        for (int k = 1; k <= 9; k++) Assert.Equal(ranks.ChanceTopShare(k), ranks.TopShare(k), 0.02);
    }

    [Fact]
    public void Without_a_valid_example_shares_are_not_numbers()
    {
        RankHistogram ranks = RankHistogram.Of([[double.NaN, 1]], [1]);
        Assert.Equal((0, 1), (ranks.Count, ranks.Excluded));
        Assert.True(double.IsNaN(ranks.MeanRank) && double.IsNaN(ranks.TopShare(1)));
    }

    [Fact]
    public void Refuses_ragged_rows_and_labels_outside()
    {
        Assert.Contains("no examples", Message([], []));
        Assert.Contains("1 rows of scores and 2 original", Message([[1, 2]], [0, 1]));
        Assert.Contains("example 1 has 1 scores, the first has 2", Message([[1, 2], [1]], [0, 0]));
        Assert.Contains("example 0 is competitor 2 of 2", Message([[1, 2]], [2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankHistogram.Of([[1, 2]], [0]).TopShare(3));
    }

    private static string Message(double[][] scores, int[] originals) =>
        Assert.Throws<ArgumentException>(() => RankHistogram.Of(scores, originals)).Message;
}
