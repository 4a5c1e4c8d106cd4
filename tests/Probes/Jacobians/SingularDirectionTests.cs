using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Jacobians;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes.Jacobians;

/// <summary>The power method for (p, q) singular vectors, and the matrix of normals.</summary>
public class SingularDirectionTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Images = ClosedForm.Images(6, Shape, 4, DType.F64);
    private static readonly Classifier Curved = ClosedForm.TwoLayer(Shape, 3);
    private static readonly double[] Normal = new Rng(31).Normal(16);

    /// <summary>All images are of class 0.</summary>
    private static readonly Classifier Affine = ClosedForm.Linear(Normal, Normal.Sum(v => Math.Max(0, -v)) + 0.3, Shape);

    [Fact]
    public void OfTwoAndTwoItIsTheLargestSingularValue()
    {
        SingularDirection search = new(PerturbationNorm.L2, Q: 2, Iterations: 2000, Tolerance: 1e-15);
        for (int i = 0; i < 6; i++)
        {
            Tensor one = Images.TakeIndices(0, [i]);
            SingularVector found = search.Of(Curved, one);
            Svd svd = JacobianSpectrum.Decompose(Curved, one)[0];
            Assert.Equal(svd.Values[0], found.Sigma, 1e-8);
            Assert.Equal(1, Math.Abs(ClosedForm.Dot(ClosedForm.Doubles(found.Vector), svd.Right[0])), 1e-6);
            Assert.True(found.Settled);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void OfOneOutputItIsKnown(double q)
    {
        // Σ over six images of |⟨w, v⟩|^q, largest at the signs of w.
        SingularVector found = new SingularDirection(Q: q).Of(Affine, Images);
        Assert.Equal(Normal.Sum(Math.Abs) * Math.Pow(6, 1 / q), found.Sigma, 1e-9);
        double[] v = ClosedForm.Doubles(found.Vector);
        double sign = Math.Sign(v[0] * Normal[0]);
        for (int i = 0; i < 16; i++) Assert.Equal(sign * Math.Sign(Normal[i]), v[i]);
        SingularVector round = new SingularDirection(PerturbationNorm.L2, q).Of(Affine, Images);
        Assert.Equal(ClosedForm.Norm(Normal) * Math.Pow(6, 1 / q), round.Sigma, 1e-9);
    }

    [Theory]
    [InlineData(PerturbationNorm.Linf, 5)]
    [InlineData(PerturbationNorm.L2, 3)]
    [InlineData(PerturbationNorm.Linf, 1)]
    public void TheObjectiveDoesNotFall(PerturbationNorm norm, double q)
    {
        SingularVector found = new SingularDirection(norm, q).Of(Curved, Images);
        Assert.True(found.Curve.Count > 2 && found.Curve[^1] > found.Curve[0]);
        for (int k = 1; k < found.Curve.Count; k++) Assert.True(found.Curve[k] >= found.Curve[k - 1] * (1 - 1e-12));
        double[] v = ClosedForm.Doubles(found.Vector);
        Assert.Equal(1, norm == PerturbationNorm.L2 ? ClosedForm.Norm(v) : v.Max(Math.Abs), 1e-12);
        SingularVector cut = new SingularDirection(norm, q).Of(Curved, Images, run: new RunContext { ChunkSize = 2 });
        Numbers.SameBits(found.Vector, cut.Vector, "other chunks");
    }

    [Fact]
    public void AnInnerLayerHasOneToo()
    {
        Network network = ModelCatalog.Create("lenet5", seed: 3);
        Classifier classifier = new(network);
        Tensor images = ClosedForm.Images(3, [1, 28, 28], 8);
        string layer = network.Taps[0];
        SingularVector found = new SingularDirection(Iterations: 3).Of(classifier, images, layer);
        SingularVector same = new SingularDirection(Iterations: 3).Of(x => network.Tap(layer, x), images);
        Numbers.SameBits(found.Vector, same.Vector, layer);
        Assert.NotEqual(new SingularDirection(Iterations: 3).Of(classifier, images).Sigma, found.Sigma);
        Assert.Contains("there is no \"conv9\"", Assert.ThrowsAny<ArgumentException>(
            () => new SingularDirection().Of(classifier, images, "conv9")).Message, StringComparison.Ordinal);
        Assert.Contains("a formula has no layer", Assert.ThrowsAny<ArgumentException>(
            () => new SingularDirection().Of(Curved, Images, "conv1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        void Refused(string words, SingularDirection search) => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(
            () => search.Of(Curved, Images)).Message, StringComparison.Ordinal);
        Refused("q 0.5 must be finite and at least 1", new(Q: 0.5));
        Refused("0 iterations", new(Iterations: 0));
        Refused("tolerance -1", new(Tolerance: -1));
        Assert.Contains("vanish", Assert.Throws<NumericalException>(
            () => new SingularDirection().Of(ClosedForm.Constant([1, 0], Shape), Images)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NormalsOfOnePlaneAreOneDirection()
    {
        NormalsMatrix normals = NormalsMatrix.Of(Affine, Images);
        Assert.Equal((6, 0), (normals.Rows.Count, normals.Failures));
        Assert.Equal(1, normals.EnergyInTop(1), 1e-9);
        Assert.Equal(Math.Sqrt(6), normals.Decomposition.Values[0], 1e-9);
        Assert.InRange(normals.RandomEnergyInTop(1), 1.0 / 6, 0.8);
        Assert.Equal(6, normals.RandomSpectrum.Sum(s => s * s), 1e-9);
        double[] kept = [.. Normal];
        normals.Leading(1).Project(kept);
        Assert.Equal(ClosedForm.Norm(Normal), ClosedForm.Norm(kept), 1e-9);
        // Half of the vectors along the normal fool all images, the others none; across it none does.
        SubspaceFooling fooling = normals.Fooling(Affine, new Examples(Images, new int[6]), 1, 100, draws: 12);
        Assert.All(fooling.Leading, rate => Assert.True(rate.Fooled is 0 or 6));
        Assert.InRange(fooling.Leading.Count(rate => rate.Fooled == 6), 1, 11);
        Assert.All(fooling.Rest, rate => Assert.Equal(0, rate.Fooled));
        Assert.Equal(0, fooling.RestShare.Median);
    }

    [Fact]
    public void NormalsOfManyPlanesAreTheirRows()
    {
        NormalsMatrix normals = NormalsMatrix.Of(Curved, Images, new RunContext { ChunkSize = 4 });
        Assert.All(normals.Rows, row => Assert.Equal(1, ClosedForm.Norm(row), 1e-12));
        Assert.Equal(normals.Rows.Count, normals.Decomposition.Values.Sum(s => s * s), 1e-9);
        Assert.Equal(1, normals.EnergyInTop(normals.Rows.Count), 1e-12);
        double[] across = [.. normals.Trailing(1).Draw(new Rng(1))];
        normals.Leading(1).Project(across);
        Assert.Equal(0, ClosedForm.Norm(across), 1e-8);
        void Refused(string words, Action act) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refused("0 singular values asked for", () => normals.EnergyInTop(0));
        Refused("7 singular values asked for, there are 1 to 6", () => normals.Leading(7));
        Refused("size 0 must be positive", () => normals.Fooling(Curved, new Examples(Images, new int[6]), 1, 0));
        Refused("no boundary from any of 6", () => NormalsMatrix.Of(ClosedForm.Constant([1, 0], Shape), Images));
    }
}
