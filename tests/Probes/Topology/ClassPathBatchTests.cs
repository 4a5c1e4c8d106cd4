using MiniGrad.Probes;
using MiniGrad.Probes.Topology;
using Xunit;

namespace MiniGrad.Tests.Probes.Topology;

/// <summary>Pairs of all kinds on a network with bent regions: what a path depends on, and what is refused.</summary>
public class ClassPathBatchTests
{
    private static readonly Shape Shape = [1, 2, 3];
    private static readonly Classifier Network = ClosedForm.TwoLayer(Shape, 3, units: 40);
    private static readonly Tensor Images = ClosedForm.Images(40, Shape, type: DType.F64);
    private static readonly ClassPaths Settings = new(Samples: 20, Depth: 6);

    public static TheoryData<DType, bool> Kinds => new() { { DType.F64, false }, { DType.F64, true }, { DType.F32, false } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void APathDependsOnItsPairAlone(DType type, bool clip)
    {
        ClassPaths settings = Settings with { Clip = clip };
        RegionPair[] pairs = Pairs(8);
        Tensor images = Images.Cast(type);
        ClassPath[] whole = settings.Between(Network, images, pairs, new() { ChunkSize = 256, Seed = 5 });
        Assert.Equal(pairs.Length, whole.Length);
        Assert.Contains(whole, path => path.Anchors > 0);
        Assert.Contains(whole, path => path.IsStraight);
        foreach (int chunk in (int[])[1, 7])
        {
            AssertSame(whole, settings.Between(Network, images, pairs, new() { ChunkSize = chunk, Seed = 5 }));
        }
        // In stretches, as a run does it.
        AssertSame(whole, [.. pairs.Chunk(5).SelectMany((part, k) =>
            settings.Between(Network, images, part, new() { ChunkSize = 64, Seed = 5, FirstIndex = 5 * k }))]);
    }

    [Fact]
    public void EveryPathThatIsFoundStaysInItsRegion()
    {
        RegionPair[] pairs = Pairs(8);
        ClassPath[] paths = Settings.Between(Network, Images, pairs);
        Assert.True(paths.Count(path => path.IsFound) > pairs.Length / 2);
        int[] predicted = Logits.Prediction(Network.Logits(Images));
        foreach ((ClassPath path, RegionPair pair) in paths.Zip(pairs))
        {
            Assert.Equal(pair.Class, path.Class);
            Assert.Equal(ClosedForm.Row(Images, pair.Start), ClosedForm.Row(path.Points, 0));
            double[] end = ClosedForm.Row(path.Points, path.Points.Shape[0] - 1);
            if (pair.Kind == PairKind.Natural) Assert.Equal(ClosedForm.Row(Images, pair.End!.Value), end);
            if (pair.Kind == PairKind.OtherClass) Assert.NotEqual(pair.Class, predicted[pair.End!.Value]);
            if (!path.IsFound) continue;
            ClassPathsTests.AssertPure(Network, path, 200);
            Assert.True(path.RelativeLength >= 1 && path.LowestMargin > 0);
        }
    }

    [Fact]
    public void ClippedPathsStayInTheBox()
    {
        // Images at corners of the box: the way into a region leads out of it.
        Tensor corners = (Images > 0.5).Cast(DType.F64);
        RegionPair[] pairs =
            [.. RegionPairs.Choose(Logits.Prediction(Network.Logits(corners)), 3, PairKind.OtherClass, 20, new Rng(2)).Pairs];
        bool IsOutside(ClassPath path) => ClosedForm.Doubles(path.Points).Any(p => p is < 0 or > 1);
        Assert.Contains(Settings.Between(Network, corners, pairs), IsOutside);
        ClassPath[] clipped = (Settings with { Clip = true }).Between(Network, corners, pairs);
        Assert.DoesNotContain(clipped, IsOutside);
        Assert.Contains(clipped, path => path.IsFound);
    }

    [Fact]
    public void NoiseFollowsTheSeed()
    {
        RegionPair[] pairs = [.. RegionPairs.Choose(Logits.Prediction(Network.Logits(Images)), 3, PairKind.Noise, 3, new Rng(1)).Pairs];
        double[] Ends(long seed) => [.. Settings.Between(Network, Images, pairs, new() { Seed = seed })
            .SelectMany(path => ClosedForm.Row(path.Points, path.Points.Shape[0] - 1))];
        Assert.Equal(Ends(1), Ends(1));
        Assert.NotEqual(Ends(1), Ends(2));
        Assert.Equal(18, Ends(1).Distinct().Count());
    }

    [Fact]
    public void PairsAreSpreadOverTheClasses()
    {
        int[] predicted = [0, 1, 0, 3, 3, 0];
        RegionPairs natural = RegionPairs.Choose(predicted, 4, PairKind.Natural, 10, new Rng(0));
        Assert.Equal([1, 2], natural.Skipped);
        Assert.Equal([0, 3, 0, 3, 0, 3, 0, 3, 0, 3], natural.Pairs.Select(pair => pair.Class));
        Assert.All(natural.Pairs, pair =>
        {
            Assert.NotEqual(pair.Start, pair.End);
            Assert.Equal((pair.Class, pair.Class), (predicted[pair.Start], predicted[pair.End!.Value]));
        });
        RegionPairs other = RegionPairs.Choose(predicted, 4, PairKind.OtherClass, 9, new Rng(0));
        Assert.Equal([2], other.Skipped);
        Assert.All(other.Pairs, pair => Assert.NotEqual(pair.Class, predicted[pair.End!.Value]));
        Assert.All(RegionPairs.Choose(predicted, 4, PairKind.Noise, 9, new Rng(0)).Pairs, pair => Assert.Null(pair.End));
        Assert.Equal(natural.Pairs.Take(3), RegionPairs.Choose(predicted, 4, PairKind.Natural, 3, new Rng(0)).Pairs);
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        string Refusal(ClassPaths settings, Tensor? starts = null, Tensor? ends = null, Classifier? classifier = null) =>
            Assert.ThrowsAny<ArgumentException>(() => settings.Find(
                classifier ?? Regions.Arc(2), starts ?? Regions.Points(1, 0), ends ?? Regions.Points(1, 0.1))).Message;
        Assert.Contains("0 samples", Refusal(new(Samples: 0)));
        Assert.Contains("depth 0 is outside 1 to 40", Refusal(new(Depth: 0)));
        Assert.Contains("0 iterations", Refusal(new(Iterations: 0)));
        Assert.Contains("push 0.1; pushes must be positive", Refusal(new() { Pushes = [0.5, 0.1] }));
        Assert.Contains("there are no pushes", Refusal(new() { Pushes = [] }));
        Assert.Contains("pair 1: its ends are seen as classes 0 and 1",
            Refusal(new(), Regions.Points(1, 0, 1, 0), Regions.Points(1, 0.1, 0, 0)));
        Assert.Contains("1 starts and 2 ends", Refusal(new(), ends: Regions.Points(1, 0, 1, 0)));
        Assert.Contains("expected [N, 1, 1, 2]", Refusal(new(), Ops.Zeros([1, 1, 5, 5], DType.F64)));
        Assert.Contains("is outside the box [-3, 3]", Refusal(new(Clip: true), Regions.Points(4, 0)));
        Assert.Contains("pair 0: the logits at an end are not finite", Refusal(new(), Regions.Points(0, 0),
            Regions.Points(0, 3), ClosedForm.NanBeyond(Regions.Islands(), 0.5)));
        Assert.Contains("pair 0: its start is seen as class", Assert.ThrowsAny<ArgumentException>(() => Settings.Between(
            Network, Images, [new(PairKind.Noise, (Logits.Prediction(Network.Logits(Images))[0] + 1) % 3, 0, null)])).Message);
        Assert.Contains("a pair of images 40", Assert.ThrowsAny<ArgumentException>(
            () => Settings.Between(Network, Images, [new(PairKind.Natural, 0, 40, 1)])).Message);
        Assert.Contains("none of 3 classes has enough of 1 images", Assert.ThrowsAny<ArgumentException>(
            () => RegionPairs.Choose([2], 3, PairKind.Natural, 1, new Rng(0))).Message);
    }

    private static RegionPair[] Pairs(int each)
    {
        int[] predicted = Logits.Prediction(Network.Logits(Images));
        return [.. Enum.GetValues<PairKind>().SelectMany(kind => RegionPairs.Choose(predicted, 3, kind, each, new Rng(2)).Pairs)];
    }

    private static void AssertSame(ClassPath[] expected, ClassPath[] actual)
    {
        Assert.Equal(expected.Select(PathNumbers.Of), actual.Select(PathNumbers.Of));
        Assert.Equal(expected.Select(path => path.Index), actual.Select(path => path.Index));
        Assert.All(expected.Zip(actual), pair =>
            Assert.Equal(ClosedForm.Doubles(pair.First.Points), ClosedForm.Doubles(pair.Second.Points)));
    }
}
