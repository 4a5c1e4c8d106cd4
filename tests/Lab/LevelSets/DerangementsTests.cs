using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab.LevelSets;

/// <summary>Targets of walks: no image is its own, all are of other classes, and the rounds differ.</summary>
public sealed class DerangementsTests
{
    [Theory]
    [InlineData(10, 1, 5)]
    [InlineData(10, 20, 5)]
    [InlineData(3, 2, 4)]
    public void EveryImageGetsAnotherOfAnotherClassInEachRound(int classes, int each, int rounds)
    {
        int[] labels = [.. Enumerable.Range(0, classes * each).Select(i => i / each)];
        int[][] drawn = Derangements.Draw(labels, rounds, new Rng(5));
        Assert.Equal(rounds, drawn.Length);
        Assert.All(drawn, round => Assert.Equal(Enumerable.Range(0, labels.Length), round.Order()));
        Assert.All(drawn, round => Assert.All(Enumerable.Range(0, labels.Length), i => Assert.NotEqual(labels[i], labels[round[i]])));
        Assert.All(Enumerable.Range(0, labels.Length), i => Assert.Equal(rounds, drawn.Select(round => round[i]).Distinct().Count()));
    }

    [Fact]
    public void TheDrawFollowsFromTheSeed()
    {
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 10)];
        Assert.Equal(Derangements.Draw(labels, 2, new Rng(1)), Derangements.Draw(labels, 2, new Rng(1)));
        Assert.NotEqual(Derangements.Draw(labels, 2, new Rng(1)), Derangements.Draw(labels, 2, new Rng(2)));
    }

    /// <summary>Two images have one derangement, so that later rounds repeat it.</summary>
    [Fact]
    public void RoundsRepeatWhatThereIsOnlyOnceOf() =>
        Assert.Equal([[1, 0], [1, 0], [1, 0]], Derangements.Draw([3, 7], 3, new Rng(0)));

    /// <summary>Of eleven images six of one class, after one another's: few permutations fit, and one is found.</summary>
    [Fact]
    public void HalfOfOneClassIsStillPlaced()
    {
        int[] labels = [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6];
        int[] round = Derangements.Draw(labels, 1, new Rng(9))[0];
        Assert.Equal(Enumerable.Range(0, 12), round.Order());
        Assert.All(Enumerable.Range(0, 12), i => Assert.NotEqual(labels[i], labels[round[i]]));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Derangements.Draw([1, 1, 1, 2], 1, new Rng(0)));
        Assert.Equal("derangement: 3 of 4 images are of one class. Give at least as many of others.", error.Message);
    }

    [Fact]
    public void TheEarlyProtocolHasTheSameTargetsForAll()
    {
        ImageDataSet data = Dots(classes: 6, each: 3);
        int[] set = [.. Enumerable.Range(0, 18)];
        WalkPlan plan = WalkPlan.Of(data, set, 3, LevelSetProtocol.Early, new Rng(0));
        Assert.Equal([0, 6, 12], plan.Targets[0]);
        Assert.All(plan.Targets, targets => Assert.Equal([0, 6, 12], targets));
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17], plan.Sources);
        Assert.Equal((45, 9), (plan.Pairs.Length, plan.FirstOf(3)));
        WalkPlan some = plan.First(4, 2, data);
        Assert.Equal([1, 3, 7, 9], some.Sources);
        Assert.All(some.Targets, targets => Assert.Equal([0, 6], targets));
    }

    [Fact]
    public void ClassesAreBoundedSoThatAPlanExists()
    {
        Assert.Equal([[1, 2], [3], [5]], SourceSelection.Bounded([[1, 2, 6, 7], [3], [5]], null));
        Assert.Equal([[1, 2], [3], [5]], SourceSelection.Bounded([[1, 2, 6, 7], [3, 4], [5]], 4));
        Assert.Equal([[1, 2]], SourceSelection.Bounded([[1, 2]], null));
    }

    internal static ImageDataSet Dots(int classes, int each) => new("dots", 1, 2, 2, new byte[4 * classes * each],
        [.. Enumerable.Range(0, classes * each).Select(i => i / each)], [.. Enumerable.Range(0, classes).Select(k => $"class {k}")]);
}
