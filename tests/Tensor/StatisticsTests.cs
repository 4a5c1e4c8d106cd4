using Xunit;

namespace MiniGrad.Tests;

public class StatisticsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 7.9)]
    [InlineData(1, 10)]
    public void Interpolates_between_neighbours(double share, double expected) =>
        Assert.Equal(expected, Statistics.Quantile([1, 2, 3, 10], share), 1e-12);

    [Fact]
    public void One_value_is_every_quantile() => Assert.Equal(4, Statistics.Quantile([4], 0.3));

    [Fact]
    public void Refuses_nothing_and_shares_outside()
    {
        Assert.Throws<ArgumentException>(() => Statistics.Quantile([], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Statistics.Quantile([1], 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Statistics.Quantile([1], double.NaN));
    }
}
