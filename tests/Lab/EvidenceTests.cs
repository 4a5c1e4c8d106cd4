using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>When numbers carry a conclusion.</summary>
public class EvidenceTests
{
    [Fact]
    public void AMeanNeedsTwoStandardErrors()
    {
        Assert.Equal((1, -1), (Evidence.OfMean([1, 1, 1]), Evidence.OfMean([-1, -1, -1])));
        // Mean 1, deviation 2, four of them: exactly one standard error.
        Assert.Equal(0, Evidence.OfMean([-1, 3, 1 - Math.Sqrt(2), 1 + Math.Sqrt(2)]));
        Assert.Equal((0, 0, 0), (Evidence.OfMean([]), Evidence.OfMean([5]), Evidence.OfMean([0, 0])));
        Assert.Equal(1, Evidence.OfMean([1, 1, double.NaN]));
    }

    [Fact]
    public void AShareNeedsThemToo()
    {
        // The standard error of 100 at one half is 5.
        Assert.Equal([0, 1, 0, -1], new[] { 60, 61, 40, 39 }.Select(count => Evidence.OfShare(count, 100, 0.5)));
        Assert.Equal((0, 0), (Evidence.OfShare(0, 0, 0.5), Evidence.OfShare(7, 7, 1)));
        Assert.Equal((1, -1, 0), (Evidence.OfShares(40, 20, 50), Evidence.OfShares(20, 40, 50), Evidence.OfShares(26, 24, 50)));
        Assert.Equal((0, 0), (Evidence.OfShares(0, 0, 50), Evidence.OfShares(0, 0, 0)));
    }

    [Fact]
    public void SharesOfOtherCountsNeedThemToo()
    {
        Assert.Equal((1, -1, 0), (Evidence.OfShares(40, 50, 20, 50), Evidence.OfShares(20, 50, 40, 50), Evidence.OfShares(26, 50, 24, 50)));
        // One half of 100 against one fifth of 10: the standard error is 0.166; against one twentieth of 20 it is 0.121.
        Assert.Equal((0, 1), (Evidence.OfShares(50, 100, 2, 10), Evidence.OfShares(50, 100, 1, 20)));
        Assert.Equal((0, 0), (Evidence.OfShares(0, 0, 5, 10), Evidence.OfShares(5, 10, 0, 0)));
    }

    [Fact]
    public void PairsAreJudgedByTheExactSignTest()
    {
        // Of 25 tosses at most 7 on one side: 2 · 0.0216; at most 8: 2 · 0.0539. Of 5 none: 0.0625, of 6 none: 0.031.
        Assert.Equal((1, -1, 0, 0), (Evidence.OfPairs(18, 7), Evidence.OfPairs(7, 18), Evidence.OfPairs(17, 8), Evidence.OfPairs(8, 17)));
        Assert.Equal((0, 0, 1), (Evidence.OfPairs(0, 0), Evidence.OfPairs(5, 0), Evidence.OfPairs(6, 0)));
    }

    [Fact]
    public void AnIntervalLiesAboveBelowOrAroundAValue() =>
        Assert.Equal([1, -1, 0], new[] { 0.6, 0.3, 0.45 }.Select(low => Evidence.OfInterval(low, low + 0.1, 0.5)));
}
