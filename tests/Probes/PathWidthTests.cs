using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The widths of paths of equal confidence, by spheres.</summary>
public class PathWidthTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly double[] W = new Rng(1).Normal(16);

    [Fact]
    public void PointsLieOnTheSphereAcrossTheDirection()
    {
        double[] unit = Unit(W);
        double[] mean = new double[16];
        for (int k = 0; k < 400; k++)
        {
            double[] z = PathWidth.Draw(new Rng(5).At(k), unit, 2.5);
            Assert.Equal(2.5, ClosedForm.Norm(z), 1e-12);
            Assert.InRange(Math.Abs(ClosedForm.Dot(z, unit)), 0, 1e-5 * 2.5);
            for (int i = 0; i < 16; i++) mean[i] += z[i] / 400;
        }
        // Uniform on a sphere in 15 dimensions: the mean of 400 has a length of about 2.5/√400.
        Assert.InRange(ClosedForm.Norm(mean), 0.02, 0.35);
    }

    // The gradient of a linear classifier is its weight everywhere, so spheres in the tangent space do not change the logits.
    [Fact]
    public void ALinearClassifierIsInfinitelyWideAcrossItsGradient()
    {
        Classifier classifier = ClosedForm.Linear(W, 0.2, Shape, -100, 100);
        PathWidthRow[] rows = new PathWidth { Radii = [1, 7] }.Measure(classifier, Path(3), 0, new Rng(2));
        Assert.Equal([(0, 0.0), (0, 1.0), (0, 7.0), (10, 0.0), (10, 1.0), (10, 7.0), (20, 0.0), (20, 1.0), (20, 7.0)],
            rows.Select(row => (row.Iteration, row.Radius)));
        for (int i = 0; i < rows.Length; i++)
        {
            double[] image = Array.ConvertAll(Path(3).Images[i / 3], v => (double)v);
            double p = 1 / (1 + Math.Exp(-ClosedForm.Dot(W, image) - 0.2));
            Assert.Equal(p, rows[i].Low, 1e-5);
            Assert.Equal(p, rows[i].High, 1e-5);
            Assert.Equal(rows[i].Radius, rows[i].MeanDistance, 1e-9);
        }
    }

    // Across the direction of travel, ⟨w, z⟩ is r·|w⊥| times a coordinate of a random point of a unit sphere in 15 dimensions, whose
    // square is Beta(1/2, 7): the root of its 90th percentile is 0.4259.
    [Fact]
    public void AcrossTravelTheQuantilesAreThoseOfASphere()
    {
        Classifier classifier = ClosedForm.Linear(W, 0, Shape, -100, 100);
        WalkPath path = Path(2);
        double[] from = Array.ConvertAll(path.Images[0], v => (double)v);
        double[] travel = Unit([.. path.Images[1].Zip(from, (b, a) => b - a)]);
        double along = ClosedForm.Dot(W, travel);
        double across = ClosedForm.Norm([.. W.Zip(travel, (w, u) => w - along * u)]);
        PathWidthRow row = new PathWidth(SphereNormal.Travel, 20000) { Radii = [0.5] }.Measure(classifier, path, 0, new Rng(3))[1];
        double centre = ClosedForm.Dot(W, from);
        double Logit(double p) => Math.Log(p / (1 - p));
        double reach = 0.5 * across * 0.4259;
        Assert.Equal(centre - reach, Logit(row.Low), 0.03 * reach);
        Assert.Equal(centre + reach, Logit(row.High), 0.03 * reach);
    }

    [Fact]
    public void QuantilesAreInterpolatedBetweenTheSortedConfidences()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        WalkPath path = Path(2);
        PathWidth all = new(SphereNormal.Travel, 5, LowShare: 0, HighShare: 1) { Radii = [0.4] };
        PathWidthRow Of(double low, double high) =>
            (all with { LowShare = low, HighShare = high }).Measure(classifier, path, 0, new Rng(3))[1];
        // Five points: a share of 1/4 is the second, 3/8 is half-way between the second and the third.
        double[] sorted = [Of(0, 1).Low, Of(0.25, 1).Low, Of(0.5, 1).Low, Of(0, 0.75).High, Of(0, 1).High];
        Assert.Equal(sorted.Order(), sorted);
        Assert.Equal(5, sorted.Distinct().Count());
        Assert.Equal((sorted[1] + sorted[2]) / 2, Of(0.375, 1).Low, 1e-12);
        Assert.Equal(sorted[3] + 0.8 * (sorted[4] - sorted[3]), Of(0, 0.95).High, 1e-12);
    }

    [Fact]
    public void AWalkTravelsToItsNextImage_AndAtItsEndFromTheLast()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        WalkPath path = Path(3);
        PathWidth width = new(SphereNormal.Travel, 16) { Radii = [0.5] };
        PathWidthRow[] rows = width.Measure(classifier, path, 0, new Rng(4));
        WalkPath tail = path with { ImageIterations = [10, 20], Images = path.Images[1..] };
        Assert.Equal(rows[2..], width.Measure(classifier, tail, 0, new Rng(4)));
        WalkPath bent = path with { Images = [path.Images[0], path.Images[1], path.Images[0]] };
        PathWidthRow[] back = width.Measure(classifier, bent, 0, new Rng(4));
        Assert.Equal(rows[1], back[1]);
        Assert.NotEqual(rows[3], back[3]);
    }

    [Fact]
    public void ARowDependsOnNothingButItsOwn()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        WalkPath path = Path(3);
        PathWidthRow[] rows = new PathWidth(Directions: 70) { Radii = [0.5, 1, 2] }.Measure(classifier, path, 1, new Rng(6));
        PathWidthRow[] one = new PathWidth(Directions: 70) { Radii = [2] }
            .Measure(classifier, path with { ImageIterations = [20], Images = path.Images[2..] }, 1, new Rng(6));
        Assert.Equal([rows[8], rows[11]], one);
        Assert.NotEqual(rows, new PathWidth(Directions: 70) { Radii = [0.5, 1, 2] }.Measure(classifier, path, 1, new Rng(7)));
    }

    [Fact]
    public void TheBoxShortensDistances()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        PathWidthRow[] rows = new PathWidth { Radii = [0.1, 5] }.Measure(classifier, Path(1), 0, new Rng(1));
        Assert.InRange(rows[1].MeanDistance, 0.05, 0.1);
        Assert.InRange(rows[2].MeanDistance, 1, 4);
    }

    [Fact]
    public void AnUndefinedDirectionIsNan()
    {
        Classifier constant = ClosedForm.Constant([1, 0, 0], Shape);
        PathWidthRow[] flat = new PathWidth { Radii = [1] }.Measure(constant, Path(1), 0, new Rng(1));
        double p = Math.E / (Math.E + 2);
        Assert.Equal(p, flat[0].Low, 1e-6);
        Assert.Equal((flat[0].Low, 0.0), (flat[0].High, flat[0].MeanDistance));
        Assert.Equal(new(0, 1, double.NaN, double.NaN, double.NaN), flat[1]);
        PathWidth travel = new(SphereNormal.Travel) { Radii = [1] };
        Assert.Equal(double.NaN, travel.Measure(constant, Path(1), 0, new Rng(1))[1].Low);
        WalkPath still = Path(2);
        still = still with { Images = [still.Images[0], still.Images[0]] };
        Assert.All(travel.Measure(constant, still, 0, new Rng(1)).Where(row => row.Radius > 0), row => Assert.Equal(double.NaN, row.High));
    }

    [Fact]
    public void APointOfNanMakesTheRowNan()
    {
        WalkPath path = Path(1);
        Classifier broken = ClosedForm.NanBeyond(ClosedForm.TwoLayer(Shape, 3), path.Images[0].Average() + 1e-4);
        PathWidthRow row = new PathWidth { Radii = [0.5] }.Measure(broken, path, 0, new Rng(1))[1];
        Assert.Equal((double.NaN, double.NaN), (row.Low, row.High));
        Assert.InRange(row.MeanDistance, 0.1, 0.5);
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        void Refused(string words, PathWidth width, Classifier? other = null, int sourceClass = 0) => Assert.Contains(words,
            Assert.ThrowsAny<ArgumentException>(() => width.Measure(other ?? classifier, Path(1), sourceClass, new Rng(1))).Message,
            StringComparison.Ordinal);
        Refused("0 directions", new(Directions: 0));
        Refused("shares 0.9 and 0.1", new(LowShare: 0.9, HighShare: 0.1));
        Refused("radius 0", new() { Radii = [1, 0] });
        Refused("radius NaN", new() { Radii = [double.NaN] });
        Refused("class 3", new(), sourceClass: 3);
        Refused("16 pixels, expected 36", new(), ClosedForm.TwoLayer([1, 6, 6], 3));
        Refused("1 pixel", new(), ClosedForm.Linear([1], 0, [1, 1, 1]));
    }

    [Fact]
    public void TheProbeIsOneSphereOfThePredictedClass()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        WalkPath path = Path(1);
        Tensor image = ClosedForm.Images(1, Shape, 9);
        int predicted = Logits.Prediction(classifier.Logits(image))[0];
        PathWidthRow[] rows = new PathWidth(Directions: 100) { Radii = [0.5] }.Measure(classifier, path, predicted, new Rng(8));
        Assert.Equal(new SphereWidth.Row(rows[0].Low, rows[1].Low, rows[1].High, rows[1].MeanDistance),
            new SphereWidth(0.5, 100).Measure(classifier, image, (predicted + 1) % 3, new Rng(8)));
        Assert.Contains("radius -1", Assert.ThrowsAny<ArgumentException>(() => new SphereWidth(-1).Check(classifier)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ItPrintsItself() =>
        Assert.Equal("PathWidth { Normal = Travel, Directions = 256, LowShare = 0.05, HighShare = 0.95, Radii = 1 2.5 }",
            new PathWidth(SphereNormal.Travel) { Radii = [1, 2.5] }.ToString());

    private static double[] Unit(double[] v) => Array.ConvertAll(v, x => x / ClosedForm.Norm(v));

    /// <summary>Random images, one every ten iterations.</summary>
    private static WalkPath Path(int count)
    {
        Tensor images = ClosedForm.Images(count, Shape, 9);
        return new(0, [.. Enumerable.Range(0, count).Select(i => 10 * i)],
            [.. Enumerable.Range(0, count).Select(i => images.TakeIndices(0, [i]).ToArray<float>())], [], []);
    }
}
