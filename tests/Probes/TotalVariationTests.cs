using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The anisotropic total variation, averaged over pixels.</summary>
public class TotalVariationTests
{
    [Fact]
    public void AStepInACornerCountsBothWays()
    {
        Tensor corner = Tensor.From([0.0, 1, 0, 0], [1, 1, 2, 2]);
        Assert.Equal(0.5, TotalVariation.Of(corner).Item(), 1e-12);
        Assert.Equal(0, TotalVariation.Of(Ops.Zeros([1, 3, 5, 4], DType.F64) + 0.7).Item());
    }

    [Fact]
    public void EachRowHasItsOwn()
    {
        Tensor images = ClosedForm.Images(3, [2, 4, 5], 1, DType.F64);
        double[] all = ClosedForm.Doubles(TotalVariation.Of(images));
        for (int n = 0; n < 3; n++)
        {
            double[] x = ClosedForm.Row(images, n);
            double sum = 0;
            for (int c = 0; c < 2; c++)
            {
                for (int r = 0; r < 4; r++)
                {
                    for (int q = 0; q < 5; q++)
                    {
                        int at = (c * 4 + r) * 5 + q;
                        if (r < 3) sum += Math.Abs(x[at + 5] - x[at]);
                        if (q < 4) sum += Math.Abs(x[at + 1] - x[at]);
                    }
                }
            }
            Assert.Equal(sum / 40, all[n], 1e-12);
        }
    }

    [Fact]
    public void OnePixelHasNone_AndARowOnlyItsOwnDirection()
    {
        Assert.Equal(0, TotalVariation.Of(Ops.Zeros([1, 1, 1, 1], DType.F64) + 3).Item());
        Assert.Equal(2.0 / 3, TotalVariation.Of(Tensor.From([0.0, 1, 0], [1, 3])).Item(), 1e-12);
    }

    // No two neighbours of these images are nearer than the step of the differences: no kink is crossed.
    [Fact]
    public void ItsGradientIsThatOfDifferences() =>
        GradCheck.Assert(x => TotalVariation.Of(x).Sum(), ClosedForm.Images(2, [1, 4, 4], 5, DType.F64));

    [Fact]
    public void WhereNeighboursAreEqualTheSlopeIsZero()
    {
        Tensor flat = (Ops.Zeros([1, 1, 3, 3], DType.F64) + 0.5).Tracked();
        Assert.All(ClosedForm.Doubles(Gradient.Of(TotalVariation.Of(flat).Sum(), flat)), slope => Assert.Equal(0, slope));
    }
}
