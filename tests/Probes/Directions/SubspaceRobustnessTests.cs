using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;
using Xunit;

namespace MiniGrad.Tests.Probes.Directions;

/// <summary>Smallest perturbations within subspaces.</summary>
public class SubspaceRobustnessTests
{
    private static readonly Shape Shape = [1, 6, 6];
    private static readonly Classifier Curved = ClosedForm.TwoLayer(Shape, 4);
    private static readonly Tensor Images = ClosedForm.Images(8, Shape, 5, DType.F64);

    [Fact]
    public void InTheWholeSpaceBetaIsOne()
    {
        SubspaceSummary all = SubspaceSummary.Of(new SubspaceRobustness(36).MeasureAll(Curved, Images, new int[8]), new Rng(0));
        Assert.Equal((8, 0), (all.Spread.Count, all.Spread.Missing));
        Assert.Equal(1, all.Beta, 1e-6);
        Assert.Equal(1, all.Spread.Median, 1e-6);
        Assert.Equal((1.0, 0.0), (all.Law, Math.Round(all.Deviation, 6)));
    }

    [Fact]
    public void OfAFlatBoundaryItIsThatOfTheLaw()
    {
        Shape shape = [1, 28, 28];
        double[] w = new Rng(8).Normal(784);
        Classifier classifier = ClosedForm.Linear(w, w.Sum(v => Math.Max(0, -v)) + 1, shape);
        Tensor images = ClosedForm.Images(10, shape, 2, DType.F64);
        SubspaceSummary all =
            SubspaceSummary.Of(new SubspaceRobustness(196, Draws: 20).MeasureAll(classifier, images, new int[10]), new Rng(0));
        Assert.Equal(200, all.Spread.Count);
        Assert.Equal(1, all.Beta, 0.02);
        Assert.Equal(LinearLaw.Beta(784, 196).Deviation, all.Deviation, 0.01);
        Assert.InRange(all.Beta, all.Low, all.High);
    }

    [Fact]
    public void AGivenSubspaceIsNotLeft()
    {
        double[] w = new Rng(31).Normal(36);
        Classifier classifier = ClosedForm.Linear(w, w.Sum(v => Math.Max(0, -v)) + 0.3, Shape);
        Subspace line = Subspace.SpanOf(36, [w]);
        IReadOnlyList<SubspaceRobustness.Row> along = SubspaceRobustness.In(line).MeasureAll(classifier, Images, new int[8]);
        Assert.All(along, row => Assert.Equal(row.Adversarial, row.Within[0], 1e-9));
        // Across the normal no boundary is met.
        IReadOnlyList<SubspaceRobustness.Row> across = SubspaceRobustness.In(line.Complement()).MeasureAll(classifier, Images, new int[8]);
        Assert.All(across, row => Assert.True(double.IsNaN(row.Within[0]) && row.Adversarial > 0));
        Assert.Equal(8, SubspaceSummary.Of(across, new Rng(0)).Spread.Missing);

        Subspace some = Subspace.Random(36, 9, new Rng(4));
        AttackResult found = new DeepFool { Onto = _ => some }.Run(Curved, new Examples(Images, new int[8]));
        for (int i = 0; i < 8; i++)
        {
            double[] change = ClosedForm.Minus(ClosedForm.Row(found.Output, i), ClosedForm.Row(Images, i));
            double[] part = [.. change];
            some.Project(part);
            Assert.True(found.Examples[i].Success && ClosedForm.Norm(change) > 0);
            for (int j = 0; j < 36; j++) Assert.Equal(change[j], part[j], 1e-12);
        }
    }

    [Fact]
    public void InFewerDimensionsTheBoundaryIsFurther()
    {
        SubspaceRobustness probe = new(6, Draws: 5);
        foreach (SubspaceRobustness.Row row in probe.MeasureAll(Curved, Images, new int[8]))
        {
            Assert.All(row.Within, within => Assert.False(within < row.Adversarial * (1 - 1e-6)));
            Assert.Contains(row.Within, double.IsFinite);
        }
    }

    [Fact]
    public void ResultsDoNotDependOnHowImagesAreCut()
    {
        Tensor images = Images.Cast(DType.F32);
        SubspaceRobustness probe = new(9, Draws: 2);
        IReadOnlyList<SubspaceRobustness.Row> all = probe.MeasureAll(Curved, images, new int[8], new RunContext { Seed = 3 });
        IReadOnlyList<SubspaceRobustness.Row> cut =
            probe.MeasureAll(Curved, images, new int[8], new RunContext { Seed = 3, ChunkSize = 3 });
        for (int i = 0; i < 8; i++)
        {
            Tensor one = images.TakeIndices(0, [i]);
            Assert.Equal(all[i].Within, cut[i].Within);
            Assert.Equal(all[i].Within, probe.Measure(Curved, one, 0, new Rng(3).At("example").At(i)).Within);
            Assert.Equal(all[i].Beta, probe.MeasureAll(Curved, one, [0], new RunContext { Seed = 3, FirstIndex = i })[0].Beta);
        }
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        void Refused(string words, SubspaceRobustness probe) => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(
            () => probe.MeasureAll(Curved, Images, new int[8])).Message, StringComparison.Ordinal);
        Refused("dimension 37 is outside 1 to 36", new(37));
        Refused("dimension 0 is outside 1 to 36", new(0));
        Refused("0 draws", new(3, 0));
        Refused("0 iterations", new(3, 1, 0));
        Refused("part of R^5, an image has 36", SubspaceRobustness.In(Subspace.Random(5, 2, new Rng(0))));
        Assert.Contains("leaves the subspace", Assert.ThrowsAny<ArgumentException>(
            () => new DeepFool(PerturbationNorm.Linf) { Onto = _ => Subspace.Random(36, 2, new Rng(0)) }.Check()).Message,
            StringComparison.Ordinal);
        SubspaceSummary line = SubspaceSummary.Of(new SubspaceRobustness(1).MeasureAll(Curved, Images, new int[8]), new Rng(0));
        Assert.True(double.IsNaN(line.Beta) && double.IsPositiveInfinity(line.Law));
    }
}
