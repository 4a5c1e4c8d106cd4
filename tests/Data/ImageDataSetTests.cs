using System.Security.Cryptography;
using MiniGrad.Data;
using Xunit;

namespace MiniGrad.Tests.Data;

public class ImageDataSetTests
{
    private static readonly byte[] Pixels = [0, 51, 255, 1, 2, 3, 10, 20, 30, 40, 50, 60, 7, 8, 9, 100, 110, 120];

    [Fact]
    public void ImagesAreScaledToTheUnitIntervalInOrder()
    {
        ImageDataSet set = Make();
        Tensor images = set.Images([2, 0, 2]);
        Assert.Equal(DType.F32, images.Type);
        Assert.Equal([3, 2, 1, 3], images.Shape.ToArray());
        byte[] expected = [.. Pixels[12..], .. Pixels[..6], .. Pixels[12..]];
        Assert.Equal(expected.Select(value => value / 255f), images.ToArray<float>());
        Assert.Equal([0f, 0.2f, 1f], set.Images([0]).ToArray<float>()[..3]);
    }

    [Fact]
    public void ARunOfImagesEqualsTheSameIndices()
    {
        ImageDataSet set = Make();
        Assert.Equal(set.Images([1, 2]).ToArray<float>(), set.Images(1, 2).ToArray<float>());
        Assert.Equal([0, 2, 1, 3], set.Images(3, 0).Shape.ToArray());
        Assert.Equal([0, 2, 1, 3], set.Images([]).Shape.ToArray());
    }

    [Fact]
    public void Facts()
    {
        ImageDataSet set = Make();
        Assert.Equal((3, 2, 1, 3, 4), (set.Count, set.Channels, set.Height, set.Width, set.ClassCount));
        Assert.Equal("toy: 3 images of 2 × 1 × 3, 4 classes", set.ToString());
    }

    [Fact]
    public void TheHashCoversPixelsAndLabels()
    {
        byte[] bytes = [.. Pixels, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), Make().Sha256);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 4)]
    [InlineData(2, 2)]
    [InlineData(int.MaxValue, 2)]
    [InlineData(0, -1)]
    public void RejectsARunOutside(int start, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Make().Images(start, count));

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void RejectsAnIndexOutside(int index)
    {
        ArgumentException error = Assert.Throws<ArgumentOutOfRangeException>(() => Make().Images([index]));
        Assert.Contains($"image {index} does not exist; there are 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RejectsWhatDoesNotFit()
    {
        Assert.Contains("18 bytes of pixels for 2 labels", Fail(2, 1, 3, [0, 1]), StringComparison.Ordinal);
        Assert.Contains("each must be at least 1", Fail(2, 0, 3, [0, 1, 2]), StringComparison.Ordinal);
        Assert.Contains("label 4 of image 2 is not one of 0 … 3", Fail(2, 1, 3, [0, 1, 4]), StringComparison.Ordinal);
        Assert.Contains("label -1 of image 0", Fail(2, 1, 3, [-1, 1, 2]), StringComparison.Ordinal);
    }

    private static ImageDataSet Make() => new("toy", 2, 1, 3, Pixels, [3, 0, 1], ["a", "b", "c", "d"]);

    private static string Fail(int channels, int height, int width, int[] labels) => Assert.Throws<ArgumentException>(
        () => new ImageDataSet("toy", channels, height, width, Pixels, labels, ["a", "b", "c", "d"])).Message;
}
