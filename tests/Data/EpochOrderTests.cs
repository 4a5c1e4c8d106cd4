using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public class EpochOrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void IsAPermutation(int count)
    {
        int[] order = EpochOrder.Of(seed: 3, epoch: 0, count);
        Assert.Equal(Enumerable.Range(0, count), order.Order());
    }

    [Fact]
    public void DependsOnSeedAndEpochAlone()
    {
        Assert.Equal(EpochOrder.Of(3, 5, 100), EpochOrder.Of(3, 5, 100));
        Assert.NotEqual(EpochOrder.Of(3, 5, 100), EpochOrder.Of(3, 6, 100));
        Assert.NotEqual(EpochOrder.Of(3, 5, 100), EpochOrder.Of(4, 5, 100));
    }

    [Fact]
    public void RejectsNegatives()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EpochOrder.Of(1, -1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpochOrder.Of(1, 0, -1));
    }
}
