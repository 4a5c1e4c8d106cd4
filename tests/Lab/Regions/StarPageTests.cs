using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Regions;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Lab.Regions;

/// <summary>What is said of lines that stay or leave, and which images are walked between.</summary>
public sealed class StarPageTests
{
    private static readonly ProbeImages Input =
        new("digits", ["a", "b", "c"], Ops.Zeros([12, 1, 2, 2]), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], [.. Enumerable.Range(100, 12)], "");

    [Theory]
    [InlineData(40, 4, "Star-like")]
    [InlineData(36, 4, "Star-like")]
    [InlineData(30, 4, "Partly star-like")]
    [InlineData(40, 38, "Not shown to be star-like")]
    [InlineData(4, 40, "Not shown to be star-like")]
    public void TheVerdictFollowsTheIntervals(int walked, int random, string verdict)
    {
        StarPage page = Page(Row(walked, random, 40));
        Assert.StartsWith(verdict, page.Verdict, StringComparison.Ordinal);
        Assert.Contains($"{walked} of 40", page.Text(), StringComparison.Ordinal);
        Assert.Equal((double)random / 40, page.ToJson()["lines"]!["random"]!["share"]!.GetValue<double>());
    }

    [Fact]
    public void WalksThatWentNowhereShowNothing()
    {
        StarPage page = Page(Row(0, 0, 0) with { Skipped = 1, Statuses = ["no_progress", "non_finite"] });
        Assert.Equal("No walk went anywhere, so nothing is known.", page.Verdict);
        Assert.Equal(["excluded: 1 walks, which met logits that are not finite.",
            "skipped: 1 walks ended where they began; there is no line to their ends."], page.Warnings());
        Assert.Null(page.ToJson()["simplices"]!["walked"]!["share"]);
    }

    [Fact]
    public void TargetsAreOfAsManyClassesAsThereAre()
    {
        int[] predicted = [0, 1, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
        (int Source, int[] Targets)[] pairs = StarPairs.Choose(Input, predicted, 3, 4, 7);
        Assert.Equal([0, 2, 3], pairs.Select(pair => pair.Source));
        foreach ((_, int[] targets) in pairs)
        {
            Assert.Equal(4, targets.Distinct().Count());
            Assert.Equal([1, 2], targets[..2].Select(t => Input.Labels[t]).Order());
            Assert.Equal([1, 2], targets[2..].Select(t => Input.Labels[t]).Order());
        }
        Assert.Contains(pairs[1..], pair => !pair.Targets.SequenceEqual(pairs[0].Targets));
        Assert.Equal(pairs[1].Targets, StarPairs.Choose(Input, predicted, 2, 4, 7)[1].Targets);
        Assert.Contains("gets 11 of 12 images right",
            Assert.ThrowsAny<ArgumentException>(() => StarPairs.Choose(Input, predicted, 12, 1, 7)).Message);
        Assert.Contains("8 images of other classes than a",
            Assert.ThrowsAny<ArgumentException>(() => StarPairs.Choose(Input, predicted, 1, 9, 7)).Message);
    }

    private static StarPage Page(StarRow row) => new(new(new Lst(), 0.2), Input, [row]);

    private static StarRow Row(int walked, int random, int count)
    {
        StarLines Lines(int inside) => new(count, inside, [.. Enumerable.Repeat(0.5, count)]);
        StarSimplex simplex = count == 0 ? new(0, 0, 0, double.NaN) : new(count, 100, 50, -3);
        return new(0, 100, 0, [], [.. Enumerable.Repeat("completed", count)], [], 0.9, 0, Lines(walked), Lines(random), Lines(0), simplex,
            simplex, new(count, 0, 0.8, [0, 0.5, 0.7, 0.9], 0.9, -0.2, 1, 0.5));
    }
}
