using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Universal;
using Xunit;

namespace MiniGrad.Tests.Probes.Universal;

/// <summary>The smallest universal perturbation of a plane, of which every size is known, and transfer between planes.</summary>
public class SmallestUniversalTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly double[] Normal = new Rng(31).Normal(16);
    private static readonly double Bias = Normal.Sum(v => Math.Max(0, -v)) + 0.3;
    private static readonly Classifier Affine = ClosedForm.Linear(Normal, Bias, Shape);
    private static readonly Examples Crafting = new(ClosedForm.Images(15, Shape, 2, DType.F64), new int[15]);
    private static readonly Examples HeldOut = new(ClosedForm.Images(20, Shape, 3, DType.F64), new int[20]);

    [Theory]
    [InlineData(PerturbationNorm.L2)]
    [InlineData(PerturbationNorm.Linf)]
    public void OfAPlaneItIsTheDistanceOfTheEighteenthOfTwentyImages(PerturbationNorm norm)
    {
        double[] margins =
            [.. Enumerable.Range(0, 20).Select(i => ClosedForm.Dot(Normal, ClosedForm.Row(HeldOut.Images, i)) + Bias).Order()];
        bool isL2 = norm == PerturbationNorm.L2;
        UniversalRatio found = new SmallestUniversal(norm, Draws: 6).Of(Affine, Crafting, HeldOut);
        double best = margins[17] / (isL2 ? ClosedForm.Norm(Normal) : Normal.Sum(Math.Abs));
        Assert.Equal(1, found.Singular!.Radius / best, 1e-4);
        Assert.Equal(18, found.Singular.Rate!.Fooled);
        // L2 steps lead along the normal, cut to the cube by its signs only once they are long.
        if (isL2) Assert.Equal(1, found.Crafted.Radius / best, 1e-4);
        else Assert.InRange(found.Crafted.Radius / best, 1 - 1e-4, 2);
        Assert.Equal(18, found.Crafted.Rate!.Fooled);
        for (int k = 0; k < 6; k++)
        {
            double[] v = new Rng(0).At("random universal").At(k).Normal(16);
            double along = isL2 ? ClosedForm.Dot(v, Normal) / ClosedForm.Norm(v) : v.Zip(Normal, (s, w) => s < 0 ? -w : w).Sum();
            if (along > 0) Assert.Equal((double.PositiveInfinity, null), (found.Random[k].Radius, found.Random[k].Rate));
            else Assert.Equal(1, found.Random[k].Radius * -along / margins[17], 1e-4);
        }
        Assert.Equal(found.RandomRadii.Median / found.Crafted.Radius, found.Ratio);
        Assert.Equal((15, 20), (found.CraftingImages, found.HeldOutImages));
    }

    [Fact]
    public void TheStartMattersOnlyToTheNumberOfTries()
    {
        SmallestUniversal search = new(PerturbationNorm.L2, Draws: 1, SingularImages: 0);
        UniversalRatio usual = search.Of(Affine, Crafting, HeldOut);
        foreach (double start in (double[])[1e-3, 0.4, 50])
        {
            UniversalRatio found = (search with { Start = start }).Of(Affine, Crafting, HeldOut);
            Assert.Equal(1, found.Crafted.Radius / usual.Crafted.Radius, 1e-4);
            Assert.Null(found.Singular);
        }
        UniversalRatio none = new SmallestUniversal(Draws: 2, SingularImages: 0, Passes: 1).Of(
            ClosedForm.Constant([1, 0], Shape), Crafting, HeldOut);
        Assert.True(double.IsPositiveInfinity(none.Crafted.Radius) && none.Crafted.Rate is null);
        Assert.Equal(2, none.RandomRadii.Infinite);
    }

    [Fact]
    public void ASingularDirectionHasTheBetterSignAndTheSizeOfItsBall()
    {
        foreach (Threat ball in (Threat[])[Threat.L2(5), Threat.Linf(3)])
        {
            double[] v = ClosedForm.Doubles(new SingularUniversal(ball).Make(Affine, Crafting, HeldOut));
            Assert.Equal(ball.Radius, ball is L2 ? ClosedForm.Norm(v) : v.Max(Math.Abs), 1e-9);
            Assert.True(ClosedForm.Dot(v, Normal) < 0);
        }
    }

    [Fact]
    public void APerturbationOfOnePlaneDoesNothingAcrossIt()
    {
        double[] other = new Rng(77).Normal(16);
        double along = ClosedForm.Dot(other, Normal) / ClosedForm.Dot(Normal, Normal);
        other = [.. other.Zip(Normal, (a, w) => a - along * w)];
        Classifier second = ClosedForm.Linear(other, other.Sum(v => Math.Max(0, -v)) + 0.3, Shape);
        IUniversalMaker[] makers = [new UniversalPerturbation(Threat.L2(100), 0.01), new SingularUniversal(Threat.L2(100))];
        foreach (IUniversalMaker maker in makers)
        {
            IReadOnlyList<TransferMatrix> found = TransferMatrix.Of(
                [("first", Affine), ("second", second)], maker, Crafting, HeldOut, [4, 15]);
            Assert.Equal([4, 15], found.Select(matrix => matrix.CraftingImages));
            foreach (TransferMatrix matrix in found)
            {
                Assert.Equal(["first", "second"], matrix.Networks);
                Assert.Equal((0, 0), (matrix.Cells[0][1].Fooled, matrix.Cells[1][0].Fooled));
                Assert.True(matrix.Cells[0][0].Fooled > 10 && matrix.Cells[1][1].Fooled > 10);
            }
            FoolingRate again = FoolingRate.Of(second, HeldOut.Images, HeldOut.Labels,
                maker.Make(second, Crafting.Range(0, 4), HeldOut));
            Assert.Equal(again, found[0].Cells[1][1]);
        }
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        void Refused(string words, Action act) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refused("share 1 is outside (0, 1)", () => new SmallestUniversal(Share: 1).Check());
        Refused("-1 halvings", () => new SmallestUniversal(Halvings: -1).Check());
        Refused("0 draws", () => new SmallestUniversal(Draws: 0).Check());
        Refused("start 0 must be positive", () => new SmallestUniversal(Start: 0).Check());
        Refused("0 passes", () => new SmallestUniversal(Passes: 0).Check());
        Refused("no ball that a direction is scaled to", () => new SingularUniversal(Threat.L1(1)).Check());
        Refused("radius 0 must be positive", () => new SingularUniversal(Threat.L2(0)).Check());
        Refused("0 images", () => new SingularUniversal(Threat.L2(1), Images: 0).Check());
        UniversalPerturbation maker = new();
        Refused("there are no networks", () => TransferMatrix.Of([], maker, Crafting, HeldOut));
        Refused("16 crafting images asked for, there are 1 to 15",
            () => TransferMatrix.Of([("a", Affine)], maker, Crafting, HeldOut, [16]));
        Refused("Give networks of images of one shape",
            () => TransferMatrix.Of([("a", Affine), ("b", ClosedForm.TwoLayer([1, 6, 6], 2))], maker, Crafting, HeldOut));
    }
}
