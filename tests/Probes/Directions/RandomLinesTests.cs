using MiniGrad.Probes;
using MiniGrad.Probes.Directions;
using Xunit;

namespace MiniGrad.Tests.Probes.Directions;

/// <summary>Random lines where the distance along each is known.</summary>
public class RandomLinesTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Images = ClosedForm.Images(6, Shape, 4, DType.F64);
    private static readonly double[] Normal = new Rng(31).Normal(16);

    /// <summary>Every image has s = ⟨w, x⟩ + b above 0.3.</summary>
    private static readonly double Bias = Normal.Sum(v => Math.Max(0, -v)) + 0.3;

    private static readonly Classifier Affine = ClosedForm.Linear(Normal, Bias, Shape);

    [Fact]
    public void AlongALineAPlaneIsFurtherByTheCosine()
    {
        IReadOnlyList<RandomLines.Row> rows = new RandomLines(Directions: 7).MeasureAll(Affine, Images, new int[6]);
        for (int i = 0; i < 6; i++)
        {
            double margin = ClosedForm.Dot(Normal, ClosedForm.Row(Images, i)) + Bias;
            Assert.Equal(margin / ClosedForm.Norm(Normal), rows[i].Adversarial, 1e-6);
            for (int k = 0; k < 7; k++)
            {
                double[] v = new Rng(0).At("example").At(i).At("lines").At(k).Normal(16);
                double cosine = ClosedForm.Dot(v, Normal) / ClosedForm.Norm(v) / ClosedForm.Norm(Normal);
                Assert.Equal(rows[i].Adversarial, rows[i].Lengths()[k] * Math.Abs(cosine), 1e-6);
                // Only one half of a line meets a plane.
                Assert.True(double.IsInfinity(cosine < 0 ? rows[i].Minus[k] : rows[i].Plus[k]));
            }
            Assert.Empty(rows[i].Crossings);
        }
    }

    [Fact]
    public void TheMedianIsThatOfTheLaw()
    {
        Shape shape = [1, 12, 12];
        double[] w = new Rng(8).Normal(144);
        Classifier classifier = ClosedForm.Linear(w, w.Sum(v => Math.Max(0, -v)) + 1, shape);
        Tensor image = ClosedForm.Images(1, shape, 2, DType.F64);
        RandomLines.Row row =
            new RandomLines(Directions: 10_000).MeasureAll(classifier, image, [0], new RunContext { ChunkSize = 2000 })[0];
        Assert.Equal(12 / 0.6745, row.Law, 1e-3);
        LineSummary all = LineSummary.Of([row]);
        Assert.Equal(1, all.OverLaw.Median, 0.05);
        // Lines are followed to 1000 √d, which is not far enough for those that lie almost in the plane.
        double margin = ClosedForm.Dot(w, ClosedForm.Doubles(image)) + w.Sum(v => Math.Max(0, -v)) + 1;
        int beyond = Enumerable.Range(0, 10_000).Select(k => new Rng(0).At("example").At(0).At("lines").At(k).Normal(144))
            .Count(v => margin * ClosedForm.Norm(v) > 12_000 * Math.Abs(ClosedForm.Dot(v, w)));
        Assert.Equal((10_000, beyond), (all.Length.Count, all.Length.Infinite));
        Assert.InRange(beyond, 1, 100);
        Assert.Equal(1, all.Ratio.LowerQuartile / LinearLaw.Lines(144).Lower, 0.05);
        Assert.Equal(1, all.Ratio.UpperQuartile / LinearLaw.Lines(144).Upper, 0.06);
    }

    [Fact]
    public void FromInsideASphereBothHalvesMeetIt()
    {
        const double radius = 3;
        Classifier classifier = ClosedForm.Sphere(new double[16], radius, Shape, low: -10, high: 10);
        IReadOnlyList<RandomLines.Row> rows = new RandomLines(Directions: 4).MeasureAll(classifier, Images, new int[6]);
        for (int i = 0; i < 6; i++)
        {
            double[] x = ClosedForm.Row(Images, i);
            Assert.Equal(radius - ClosedForm.Norm(x), rows[i].Adversarial, 1e-4);
            for (int k = 0; k < 4; k++)
            {
                double[] v = new Rng(0).At("example").At(i).At("lines").At(k).Normal(16);
                double along = ClosedForm.Dot(x, v) / ClosedForm.Norm(v);
                double root = Math.Sqrt(along * along + radius * radius - ClosedForm.Dot(x, x));
                Assert.Equal(root - along, rows[i].Plus[k], 1e-9);
                Assert.Equal(root + along, rows[i].Minus[k], 1e-9);
            }
        }
    }

    [Fact]
    public void SignsAreMeasuredByTheirSize()
    {
        RandomLines.Row row = new RandomLines(LineKind.Sign, 9).MeasureAll(Affine, Images, new int[6])[2];
        double margin = ClosedForm.Dot(Normal, ClosedForm.Row(Images, 2)) + Bias;
        double l1 = Normal.Sum(Math.Abs);
        Assert.Equal(margin / l1, row.Adversarial, 1e-6);
        Assert.Equal(l1 / (0.674489750196082 * ClosedForm.Norm(Normal)), row.Law, 1e-6);
        for (int k = 0; k < 9; k++)
        {
            double[] v = new Rng(0).At("example").At(2).At("lines").At(k).Normal(16);
            double along = v.Zip(Normal, (s, w) => s < 0 ? -w : w).Sum();
            Assert.Equal(margin / Math.Abs(along), row.Lengths()[k], 1e-6);
        }
    }

    [Fact]
    public void AScanSeesAThinSlabThatGrowingStepsJumpOver()
    {
        // Class 1 where ⟨w, x⟩ lies within 0.025 of 2, and beyond 10. The nearest boundary is at 1.975, and 0.5 · 1.2^k of that passes by.
        double[] w = [.. Enumerable.Range(0, 16).Select(i => i == 0 ? 1.0 : 0)];
        Classifier classifier = new(x =>
        {
            Tensor p = x.Flatten().MatMul(ClosedForm.Constant(w, [16, 1], x.Type));
            Tensor beyond = p - 10;
            Tensor inSlab = 0.025 - (p - 2).Abs();
            return Ops.Concat([p * 0, beyond + (inSlab - beyond).Relu()], 1);
        }, Shape, 2);
        Tensor image = Ops.Zeros([1, 1, 4, 4], DType.F64);
        RandomLines.Row jumped = new RandomLines(Directions: 5).MeasureAll(classifier, image, [0])[0];
        RandomLines.Row scanned = new RandomLines(Directions: 5, Scan: LineScan.Linear).MeasureAll(classifier, image, [0])[0];
        Assert.Equal(1.975, scanned.Adversarial, 1e-6);
        for (int k = 0; k < 5; k++)
        {
            double[] v = new Rng(0).At("example").At(0).At("lines").At(k).Normal(16);
            double cosine = Math.Abs(v[0]) / ClosedForm.Norm(v);
            Assert.Equal(10 / cosine, jumped.Lengths()[k], 1e-6);
            Assert.Equal(1.975 / cosine, scanned.Lengths()[k], 1e-6);
            Assert.Equal(3, scanned.Crossings[k]);
        }
    }

    [Fact]
    public void WhereNothingIsFoundTheLengthIsInfinite()
    {
        RandomLines.Row flat = new RandomLines().MeasureAll(ClosedForm.Constant([2, 1], Shape), Images, new int[6])[0];
        Assert.True(double.IsNaN(flat.Adversarial) && double.IsNaN(flat.Law));
        Assert.Equal((10, double.PositiveInfinity), (flat.Infinite, flat.Median));
        RandomLines.Row close = new RandomLines(Longest: 1e-3).MeasureAll(Affine, Images, new int[6])[0];
        Assert.Equal(10, close.Infinite);
        LineSummary all = LineSummary.Of([flat, close]);
        Assert.Equal((20, 1.0, 10), (all.Length.Infinite, all.Length.InfiniteShare, all.Ratio.Missing));
        // As a line of a file has it, which knows no infinity.
        Assert.Equal(10, (close with { Plus = [.. close.Plus.Select(_ => double.NaN)], Minus = close.Plus }).Infinite);
    }

    [Fact]
    public void ClippedLinesAreImages()
    {
        // The mean pixel is at most 1: class 1 above 0.9 is met only by lines that make nearly all pixels white, none by others.
        Classifier classifier = ClosedForm.Linear([.. Enumerable.Repeat(-1.0, 16)], 9, Shape);
        IReadOnlyList<RandomLines.Row> free = new RandomLines(Directions: 20).MeasureAll(classifier, Images, new int[6]);
        IReadOnlyList<RandomLines.Row> boxed = new RandomLines(Directions: 20, Clip: true).MeasureAll(classifier, Images, new int[6]);
        double[] found = [.. boxed.SelectMany(row => row.Lengths()).Where(double.IsFinite)];
        Assert.NotEmpty(found);
        Assert.All(found, length => Assert.InRange(length, 1e-6, 4));
        Assert.True(boxed.Sum(row => row.Infinite) > 0);
        Assert.Equal(0, free.Sum(row => row.Infinite));
        // In a box that no line leaves clipping changes nothing.
        Classifier wide = ClosedForm.Linear(Normal, Bias, Shape, -1e6, 1e6);
        RandomLines.Row a = new RandomLines().MeasureAll(wide, Images, new int[6])[1];
        RandomLines.Row b = new RandomLines(Clip: true).MeasureAll(wide, Images, new int[6])[1];
        for (int k = 0; k < 10; k++) Assert.Equal(a.Lengths()[k], b.Lengths()[k], 1e-9);
    }

    [Fact]
    public void ResultsDoNotDependOnHowImagesAreCut()
    {
        Shape shape = [1, 6, 6];
        Classifier classifier = ClosedForm.TwoLayer(shape, 4);
        Tensor images = ClosedForm.Images(7, shape, 5);
        RandomLines probe = new(Directions: 3, Scan: LineScan.Linear);
        IReadOnlyList<RandomLines.Row> all = probe.MeasureAll(classifier, images, new int[7], new RunContext { Seed = 3, ChunkSize = 64 });
        IReadOnlyList<RandomLines.Row> again = probe.MeasureAll(classifier, images, new int[7], new RunContext { Seed = 3, ChunkSize = 5 });
        for (int i = 0; i < 7; i++)
        {
            Tensor one = images.TakeIndices(0, [i]);
            AssertSame(all[i], again[i]);
            AssertSame(all[i], probe.MeasureAll(classifier, one, [0], new RunContext { Seed = 3, FirstIndex = i })[0]);
            AssertSame(all[i], probe.Measure(classifier, one, 0, new Rng(3).At("example").At(i)));
        }
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        void Refused(string words, RandomLines probe, Tensor? images = null) => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(
            () => probe.MeasureAll(Affine, images ?? Images, new int[6])).Message, StringComparison.Ordinal);
        Refused("0 directions", new RandomLines(Directions: 0));
        Refused("longest 0 must be positive", new RandomLines(Longest: 0));
        Refused("image 0 is outside the box", new RandomLines(), Images + 1);
        Assert.Contains("image 0 are not finite", Assert.Throws<NumericalException>(
            () => new RandomLines().MeasureAll(ClosedForm.NanBeyond(Affine, 0), Images, new int[6])).Message, StringComparison.Ordinal);
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => new RandomLines().MeasureAll(Affine, Images, new int[6], new RunContext { Cancellation = source.Token }));
    }

    private static void AssertSame(RandomLines.Row a, RandomLines.Row b)
    {
        Assert.Equal((a.Adversarial, a.Law), (b.Adversarial, b.Law));
        Assert.Equal(a.Plus, b.Plus);
        Assert.Equal(a.Minus, b.Minus);
        Assert.Equal(a.Crossings, b.Crossings);
    }
}
