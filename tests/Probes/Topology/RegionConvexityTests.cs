using MiniGrad.Probes;
using MiniGrad.Probes.Topology;
using Xunit;

namespace MiniGrad.Tests.Probes.Topology;

/// <summary>Convex combinations in regions that are convex, and in one that is not by a known measure.</summary>
public class RegionConvexityTests
{
    private static readonly Shape Shape = [1, 3, 3];

    [Fact]
    public void TheRegionsOfALinearNetworkAreConvex()
    {
        double[][] weight = [.. Enumerable.Range(0, 4).Select(k => new Rng(7).At(k).Normal(9))];
        Classifier classifier = ClosedForm.Linear(weight, [.. weight.Select(row => -row.Sum() / 2)], Shape);
        Tensor images = ClosedForm.Images(400, Shape, type: DType.F64);
        ConvexityResult result = new RegionConvexity(Draws: 200).Measure(classifier, images);
        AssertConvex(result, 4);
        LinearControl control = LinearControl.Of(images, Logits.Prediction(classifier.Logits(images)));
        Assert.InRange(control.Accuracy, 0.5, 1);
        AssertConvex(new RegionConvexity(Draws: 200).Measure(control.Classifier, images), 4);
    }

    // Points of a circle, the class being all but a disc inside: with weights t and 1 − t the combination of two points an angle a
    // apart lies √(1 − 2 t (1 − t) (1 − cos a)) from the centre.
    [Fact]
    public void OutsideADiscTheShareIsThatOfTheIntegral()
    {
        const int points = 40;
        const int steps = 20_000;
        const double radius = 0.8;
        Classifier ring = ClosedForm.Sphere([0, 0], radius, Regions.Shape, low: -1, high: 1);
        Tensor images = Regions.Points([.. Enumerable.Range(0, points).SelectMany(k =>
            new[] { Math.Cos(2 * Math.PI * k / points), Math.Sin(2 * Math.PI * k / points) })]);
        (double random, double equal) = (0, 0);
        for (int m = 1; m < points; m++)
        {
            bool IsOutside(double t) => 1 - 2 * t * (1 - t) * (1 - Math.Cos(2 * Math.PI * m / points)) > radius * radius;
            random += Enumerable.Range(0, steps).Count(s => IsOutside((s + 0.5) / steps)) / (double)steps / (points - 1);
            equal += (IsOutside(0.5) ? 1.0 : 0) / (points - 1);
        }
        const int draws = 4000;
        ConvexityRow row = new RegionConvexity(draws) { Sizes = [2] }.Measure(ring, images).Rows[0];
        Assert.Equal((0, points, draws), (row.Class, row.Images, row.Draws));
        Assert.InRange(random, 0.3, 0.7);
        Assert.Equal(random, row.Share, 4 * Math.Sqrt(random * (1 - random) / draws));
        Assert.Equal(equal, row.EqualShare, 4 * Math.Sqrt(equal * (1 - equal) / draws));
        Assert.True(row.Interval.Low < row.Share && row.Share < row.Interval.High);
    }

    [Fact]
    public void ResultsDoNotDependOnHowManyAreSeenTogether()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 4);
        Tensor images = ClosedForm.Images(50, Shape, type: DType.F64);
        ConvexityRow[] Of(int chunk, long seed = 0) => [.. new RegionConvexity(Draws: 100)
            .Measure(classifier, images, new() { ChunkSize = chunk, Seed = seed }).Rows];
        ConvexityRow[] whole = Of(256);
        Assert.Contains(whole, row => row.Hits < row.Draws);
        Assert.Equal(whole, Of(1));
        Assert.Equal(whole, Of(7));
        Assert.NotEqual(whole, Of(256, seed: 1));
    }

    [Fact]
    public void ClassesWithTooFewImagesAreSkippedAndListed()
    {
        Classifier classifier = ClosedForm.Linear([1, 0, 0, 0, 0, 0, 0, 0, 0], -0.5, Shape);
        double[] first = [0.9, 0.8, 0.7, 0.1];
        Tensor images = Tensor.From([.. first.SelectMany(v => new double[9].Select((_, i) => i == 0 ? v : 0.5))], [4, 1, 3, 3]);
        ConvexityResult result = new RegionConvexity(Draws: 5) { Sizes = [2, 3, 4] }.Measure(classifier, images);
        Assert.Equal([(0, 4, 3), (1, 2, 1), (1, 3, 1), (1, 4, 1)], result.Skipped.Select(row => (row.Class, row.Size, row.Images)));
        Assert.Equal([5, 5, 0], result.Totals.Select(row => row.Draws));
        Assert.Equal(double.NaN, result.Totals[2].Share);
        Assert.Equal(1, result.Totals[0].Share);
    }

    [Fact]
    public void WeightsAreUniformOnTheSimplexAndImagesDiffer()
    {
        const int draws = 20_000;
        double[][] weights = [.. Enumerable.Range(0, draws).Select(k => RegionConvexity.Dirichlet(4, new Rng(3).At(k)))];
        Assert.All(weights, w => Assert.Equal(1, w.Sum(), 1e-12));
        // Each is Beta(1, 3): mean 1/4, variance 3/80.
        for (int s = 0; s < 4; s++)
        {
            Assert.Equal(0.25, weights.Average(w => w[s]), 4 * Math.Sqrt(3.0 / 80 / draws));
            Assert.Equal(3.0 / 80, weights.Average(w => Math.Pow(w[s] - 0.25, 2)), 0.0015);
        }
        int[][] sets = [.. Enumerable.Range(0, draws).Select(k => RegionConvexity.Choose(5, 3, new Rng(4).At(k)))];
        Assert.All(sets, set => Assert.Equal(3, set.Distinct().Count()));
        int[] counts = [.. sets.CountBy(set => string.Join(' ', set.Order())).Select(pair => pair.Value)];
        Assert.Equal(10, counts.Length);
        Assert.All(counts, n => Assert.Equal(draws / 10.0, n, 5 * Math.Sqrt(draws * 0.1 * 0.9)));
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 4);
        Tensor images = ClosedForm.Images(5, Shape);
        string Refusal(RegionConvexity probe, Tensor? on = null, Classifier? of = null) =>
            Assert.ThrowsAny<ArgumentException>(() => probe.Measure(of ?? classifier, on ?? images)).Message;
        Assert.Contains("0 draws", Refusal(new(Draws: 0)));
        Assert.Contains("combinations of 1 images", Refusal(new() { Sizes = [1, 2] }));
        Assert.Contains("size 3 after 3", Refusal(new() { Sizes = [3, 3] }));
        Assert.Contains("there are no sizes", Refusal(new() { Sizes = [] }));
        Assert.Contains("is outside the box", Refusal(new(), images + 1));
        Assert.Contains("the batch is empty", Refusal(new(), Ops.Zeros([0, 1, 3, 3])));
        Assert.Contains("image 0: the logits at it are not finite", Refusal(new(), of: ClosedForm.NanBeyond(classifier, 0)));
        string Control(params int[] labels) => Assert.ThrowsAny<ArgumentException>(() => LinearControl.Of(images, labels)).Message;
        Assert.Contains("images of 1 classes", Control(2, 2, 2, 2, 2));
        Assert.Contains("and 2 labels", Control(1, 2));
    }

    private static void AssertConvex(ConvexityResult result, int classes)
    {
        Assert.Equal(classes * 6, result.Rows.Count);
        Assert.Equal([2, 3, 5, 10, 20, 50], result.Totals.Select(row => row.Size));
        Assert.Contains(result.Rows, row => row is { Size: 50, IsSkipped: false });
        Assert.All(result.Rows.Where(row => !row.IsSkipped), row => Assert.Equal((200, 200, 200), (row.Draws, row.Hits, row.EqualHits)));
    }
}
