using MiniGrad.Charts.Plots;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class ColourMapTests
{
    // Entries of the published table (rounded to bytes) that lie between our anchors, and its ends and middle.
    [Theory]
    [InlineData(0, 68, 1, 84)]
    [InlineData(20, 72, 29, 111)]
    [InlineData(44, 68, 59, 132)]
    [InlineData(100, 42, 118, 142)]
    [InlineData(128, 33, 145, 140)]
    [InlineData(148, 32, 163, 134)]
    [InlineData(180, 70, 192, 111)]
    [InlineData(220, 162, 218, 55)]
    [InlineData(244, 226, 228, 24)]
    [InlineData(251, 244, 230, 30)]
    [InlineData(255, 253, 231, 37)]
    public void Viridis_is_within_two_of_the_published_table(int index, int r, int g, int b)
    {
        Rgb colour = Viridis.Entry(index);
        Assert.InRange(Math.Abs(colour.R - r), 0, 2);
        Assert.InRange(Math.Abs(colour.G - g), 0, 2);
        Assert.InRange(Math.Abs(colour.B - b), 0, 2);
    }

    [Fact]
    public void Viridis_clamps_and_never_darkens()
    {
        Assert.Equal(256, Viridis.Count);
        Assert.Equal("#440154", Viridis.At(-3).Hex);
        Assert.Equal("#fde725", Viridis.At(1).Hex);
        Assert.Equal(Viridis.Entry(128), Viridis.At(0.5));
        double before = 0;
        for (int k = 0; k < 256; k++)
        {
            Rgb c = Viridis.Entry(k);
            double light = 0.2126 * c.R + 0.7152 * c.G + 0.0722 * c.B;
            Assert.True(light >= before - 0.8, $"entry {k} is darker than the one before");
            before = Math.Max(before, light);
        }
    }

    [Fact]
    public void Diverging_is_blue_white_red()
    {
        Assert.Equal("#ffffff", Diverging.At(0).Hex);
        Assert.True(Diverging.At(-1).B > Diverging.At(-1).R);
        Assert.True(Diverging.At(1).R > Diverging.At(1).B);
        Assert.Equal(Diverging.At(1), Diverging.At(5));
    }
}
