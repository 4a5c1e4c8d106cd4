using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class PairedTestTests
{
    [Theory]
    [InlineData(8, 2, 2 * (1 + 10 + 45) / 1024.0)]
    [InlineData(0, 5, 2 / 32.0)]
    [InlineData(1, 5, 2 * 7 / 64.0)]
    [InlineData(4, 4, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(0, 0, 1)]
    public void TheSignTestCountsTosses(int positive, int negative, double p) =>
        Assert.Equal(p, PairedTest.SignTest(positive, negative), 1e-13);

    // Φ is good to a few percent this far out, with the correction for whole numbers.
    [Fact]
    public void ManyPairsAgreeWithTheNormalApproximation()
    {
        double p = PairedTest.SignTest(1400, 1600);
        // 2 Φ((1400.5 − 1500)/√750) = 2 Φ(−3.6332) = 2.799e-4.
        Assert.InRange(p, 0.97 * 2.799e-4, 1.03 * 2.799e-4);
        Assert.Equal(p, PairedTest.SignTest(1600, 1400));
        Assert.InRange(PairedTest.SignTest(0, 2000), 0, 1e-300);
    }

    [Fact]
    public void EqualPairsAreTies()
    {
        PairedTest test = PairedTest.Of([1, 2, 3, 4], [1, 1, 4, 1], new(1));
        Assert.Equal((4, 2, 1, 1), (test.Count, test.Positive, test.Negative, test.Ties));
        Assert.Equal(0.75, test.MeanDifference, 1e-15);
        Assert.Equal(1, test.PValue);
    }

    [Fact]
    public void TheIntervalIsThatOfTheMean()
    {
        double[] noise = new Rng(5).Normal(200);
        double[] first = Array.ConvertAll(noise, v => 10 + v);
        PairedTest test = PairedTest.Of(first, new double[200], new(2));
        Assert.Equal(first.Average(), test.MeanDifference, 1e-12);
        Assert.InRange(test.MeanDifference, test.Low, test.High);
        // Twice 1.96 standard errors of a mean of 200; the ends of 1000 draws are good to a tenth or so.
        double width = 2 * 1.96 * Statistics.Spread(first).Deviation / Math.Sqrt(200);
        Assert.InRange(test.High - test.Low, 0.85 * width, 1.15 * width);
        Assert.True(test.PValue < 1e-50);
        PairedTest same = PairedTest.Of([3, 5, 7], [1, 3, 5], new(2));
        Assert.Equal((2.0, 2.0), (same.Low, same.High));
    }

    [Fact]
    public void TheSeedFixesTheBits()
    {
        double[] first = new Rng(5).Normal(30);
        Assert.Equal(PairedTest.Of(first, new double[30], new(7)), PairedTest.Of(first, new double[30], new(7)));
        Assert.NotEqual(PairedTest.Of(first, new double[30], new(7)), PairedTest.Of(first, new double[30], new(8)));
    }

    [Fact]
    public void NothingHasNoMean()
    {
        PairedTest nothing = PairedTest.Of([], [], new(1));
        Assert.Equal((0, 0), (nothing.Count, nothing.Ties));
        Assert.All([nothing.PValue, nothing.MeanDifference, nothing.Low, nothing.High], number => Assert.Equal(double.NaN, number));
    }

    [Fact]
    public void RefusesWhatIsNotPaired()
    {
        Assert.Contains("2 numbers against 1", Assert.Throws<ArgumentException>(() => PairedTest.Of([1, 2], [1], new(1))).Message);
        Assert.Contains("pair 1 is 2 and NaN",
            Assert.Throws<ArgumentException>(() => PairedTest.Of([1, 2], [1, double.NaN], new(1))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedTest.Of([1], [2], new(1), draws: 1));
    }
}
