using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Probes.Detection;

public class WilsonIntervalTests
{
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void PublishedIntervals(int successes, int count, double low, double high)
    {
        WilsonInterval interval = WilsonInterval.Of(successes, count);
        Assert.Equal(low, interval.Low, 5e-5);
        Assert.Equal(high, interval.High, 5e-5);
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
