using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class WilsonIntervalTests
{
    // statsmodels.stats.proportion.proportion_confint(k, n, method="wilson")
    [Theory]
    [InlineData(5, 10, 0.2365930905, 0.7634069095)]
    [InlineData(0, 10, 0, 0.2775327999)]
    [InlineData(10, 10, 0.7224672001, 1)]
    [InlineData(81, 263, 0.2552972, 0.3662111)]
    public void ItIsThePublishedFormula(int successes, int count, double low, double high)
    {
        WilsonInterval interval = WilsonInterval.Of(successes, count);
        Assert.Equal(low, interval.Low, 1e-6);
        Assert.Equal(high, interval.High, 1e-6);
    }

    // Its ends are the shares p with |k/n − p| = 1.96·√(p(1 − p)/n).
    [Fact]
    public void ItsEndsAreJustNotRejected()
    {
        foreach ((int k, int n) in ((int, int)[])[(1, 7), (3, 40), (500, 900), (899, 900)])
        {
            WilsonInterval interval = WilsonInterval.Of(k, n);
            foreach (double p in (double[])[interval.Low, interval.High])
            {
                Assert.Equal(1.959963984540054, Math.Abs((double)k / n - p) / Math.Sqrt(p * (1 - p) / n), 1e-9);
            }
        }
    }

    [Fact]
    public void NothingCountedSaysNothing() => Assert.Equal(new(0, 1), WilsonInterval.Of(0, 0));

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    [InlineData(0, -1)]
    public void MoreSuccessesThanCountsAreRefused(int successes, int count) =>
        Assert.Contains($"{successes} successes among {count}",
            Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(successes, count)).Message, StringComparison.Ordinal);
}
