using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Structural similarity against known values and against plain loops.</summary>
public class SsimTests
{
    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 16, 20)]
    [InlineData(2, 11, 11)]
    [InlineData(1, 7, 13)]
    [InlineData(1, 3, 3)]
    [InlineData(1, 12, 150)]
    [InlineData(2, 75, 11)]
    public void ItIsThePlainLoop(int channels, int height, int width)
    {
        Tensor a = ClosedForm.Images(3, [channels, height, width], 1);
        Tensor b = a * 0.7 + ClosedForm.Images(3, [channels, height, width], 2) * 0.3;
        double[] actual = Ssim.Of(a, b);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Plain(ClosedForm.Row(a, i), ClosedForm.Row(b, i), channels, height, width), actual[i], 1e-10);
        }
    }

    [Fact]
    public void AnImageIsLikeItself() =>
        Assert.All(Ssim.Of(ClosedForm.Images(4, [3, 20, 20]), ClosedForm.Images(4, [3, 20, 20])), s => Assert.Equal(1, s, 1e-12));

    [Fact]
    public void APairIsMeasuredAloneWhateverTheOthersAre()
    {
        // More than are looked at together.
        Tensor a = ClosedForm.Images(150, [3, 20, 20], 1);
        Tensor b = ClosedForm.Images(150, [3, 20, 20], 2);
        double[] all = Ssim.Of(a, b);
        foreach (int i in (int[])[0, 53, 54, 55, 149])
        {
            Assert.Equal(Ssim.Of(a.TakeIndices(0, [i]), b.TakeIndices(0, [i]))[0], all[i]);
        }
    }

    [Fact]
    public void ConstantImagesHaveTheLuminanceTerm()
    {
        Tensor a = Ops.Full([1, 1, 28, 28], 0.5, DType.F64);
        Tensor b = Ops.Full([1, 1, 28, 28], 0.6, DType.F64);
        Assert.Equal(0.6001 / 0.6101, Ssim.Of(a, b)[0], 1e-10);
        Assert.Equal(0.98361, Ssim.Of(a, b)[0], 5e-6);
    }

    [Fact]
    public void ItIsSymmetricAndFallsWithNoise()
    {
        Tensor a = ClosedForm.Images(1, [1, 20, 20], 1, DType.F64);
        Tensor noise = ClosedForm.Images(1, [1, 20, 20], 2, DType.F64, -0.5, 0.5);
        Assert.Equal(Ssim.Of(a, a + noise)[0], Ssim.Of(a + noise, a)[0], 1e-12);
        Assert.True(Ssim.Of(a, a + noise * 0.1)[0] > Ssim.Of(a, a + noise * 0.5)[0]);
    }

    [Fact]
    public void WhatIsNoImageHasNone() => Assert.All(Ssim.Of(Ops.Zeros([2, 5]), Ops.Zeros([2, 5])), s => Assert.True(double.IsNaN(s)));

    private static double Plain(double[] a, double[] b, int channels, int height, int width)
    {
        (int rows, int columns) = (Math.Min(11, height), Math.Min(11, width));
        double Weight(int r, int c) => Math.Exp(-(Math.Pow(r - (rows - 1) / 2.0, 2) + Math.Pow(c - (columns - 1) / 2.0, 2)) / 4.5);
        double total = 0;
        for (int r = 0; r < rows; r++) for (int c = 0; c < columns; c++) total += Weight(r, c);
        double sum = 0;
        int windows = 0;
        for (int k = 0; k < channels; k++)
        {
            for (int top = 0; top + rows <= height; top++)
            {
                for (int left = 0; left + columns <= width; left++)
                {
                    double Mean(Func<double, double, double> of)
                    {
                        double mean = 0;
                        for (int r = 0; r < rows; r++)
                        {
                            for (int c = 0; c < columns; c++)
                            {
                                int at = (k * height + top + r) * width + left + c;
                                mean += Weight(r, c) / total * of(a[at], b[at]);
                            }
                        }
                        return mean;
                    }
                    double mx = Mean((x, _) => x);
                    double my = Mean((_, y) => y);
                    double vx = Mean((x, _) => (x - mx) * (x - mx));
                    double vy = Mean((_, y) => (y - my) * (y - my));
                    double cov = Mean((x, y) => (x - mx) * (y - my));
                    sum += (2 * mx * my + 1e-4) * (2 * cov + 9e-4) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4));
                    windows++;
                }
            }
        }
        return sum / windows;
    }
}
