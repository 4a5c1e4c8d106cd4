using System.Text;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Formats;

public sealed class ImageFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_image_is_written_and_read()
    {
        PixelImage image = PngTests.RandomImage(new Random(1), 5, 4, 3);
        ImageFile.Write(folder["a.PNG"], image);
        File.Move(folder["a.PNG"], folder["a.jpg"]);
        PixelImage read = ImageFile.Read(folder["a.jpg"]);
        Assert.Equal((5, 4, 3), (read.Width, read.Height, read.Channels));
        Assert.Equal(image.Pixels, read.Pixels);
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a")]
    public void Other_extensions_are_not_written(string name)
    {
        Assert.Contains(".png",
            Assert.Throws<ArgumentException>(() => ImageFile.Write(folder[name], new PixelImage(1, 1, 1, [0]))).Message);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_jpeg_is_told_by_its_content()
    {
        PixelImage read = ImageFile.Read(folder.Put("a.png", TestJpeg.Row(-28)));
        Assert.Equal((8, 8, 1), (read.Width, read.Height, read.Channels));
        Assert.All(read.Pixels, level => Assert.Equal(100, level));
        var e = Assert.Throws<JpegException>(() => ImageFile.Read(folder.Put("cut.png", TestJpeg.Row(0)[..^1])));
        Assert.Contains(folder["cut.png"], e.Message);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("GIF89a and so on", "GIF image, not a PNG or JPEG image")]
    [InlineData("some text", "no PNG and no JPEG image")]
    public void What_is_no_image_is_named(string content, string words)
    {
        var e = Assert.Throws<PngException>(() => ImageFile.Read(folder.Put("a.jpg", Encoding.ASCII.GetBytes(content))));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, e.Offset);
    }

    [Fact]
    public void Rgb_becomes_planes()
    {
        Tensor tensor = ImageFile.ToTensor(new PixelImage(2, 1, 3, [0, 51, 255, 102, 153, 204]), 3);
        Assert.Equal(new Shape(1, 3, 1, 2), tensor.Shape);
        Assert.Equal([0f, 0.4f, 0.2f, 0.6f, 1f, 0.8f], tensor.ToArray<float>());
    }

    [Fact]
    public void Grey_is_repeated_and_kept()
    {
        PixelImage grey = new(1, 2, 1, [255, 51]);
        Assert.Equal([1f, 0.2f, 1f, 0.2f, 1f, 0.2f], ImageFile.ToTensor(grey, 3).ToArray<float>());
        Assert.Equal([1f, 0.2f], ImageFile.ToTensor(grey, 1).ToArray<float>());
    }

    [Fact]
    public void Rgb_becomes_grey_by_luma()
    {
        Tensor tensor = ImageFile.ToTensor(new PixelImage(5, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0]), 1);
        float[] grey = tensor.ToArray<float>();
        float[] expected = [0.299f, 0.587f, 0.114f, 1f, 0f];
        for (int i = 0; i < grey.Length; i++) Assert.Equal(expected[i], grey[i], 1e-6f);
        Assert.True(grey[3] <= 1);
    }

    [Fact]
    public void Alpha_is_laid_on_white()
    {
        float[] rgb = ImageFile.ToTensor(new PixelImage(3, 1, 4, [255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 51]), 3).ToArray<float>();
        float[] expected = [1, 1, 0.8f, 0, 1, 0.8f, 0, 1, 0.8f];
        for (int i = 0; i < rgb.Length; i++) Assert.Equal(expected[i], rgb[i], 1e-6f);
        Assert.Equal(0.8f, ImageFile.ToTensor(new PixelImage(1, 1, 2, [0, 51]), 1).ToArray<float>()[0], 1e-6f);
    }

    [Fact]
    public void Every_level_survives_the_way_through_a_tensor()
    {
        for (int channels = 1; channels <= 3; channels += 2)
        {
            byte[] pixels = [.. Enumerable.Range(0, 256 * channels).Select(i => (byte)(i * 7 % 256))];
            PixelImage image = new(16, 16, channels, pixels);
            PixelImage back = ImageFile.FromTensor(ImageFile.ToTensor(image, channels), 0);
            Assert.Equal((16, 16, channels), (back.Width, back.Height, back.Channels));
            Assert.Equal(pixels, back.Pixels);
        }
    }

    [Fact]
    public void Values_are_clamped_and_rounded()
    {
        Tensor batch = Tensor.From([9f, 9f, 9f, 9f, 9f, 9f, -1f, 0.00195f, 0.00197f, 0.5f, 1.5f, float.PositiveInfinity], [2, 1, 2, 3]);
        PixelImage image = ImageFile.FromTensor(batch, 1);
        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal([0, 0, 1, 128, 255, 255], image.Pixels);
    }

    [Fact]
    public void A_view_is_read_in_its_own_order()
    {
        Tensor rows = Tensor.From([0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f], [1, 1, 2, 3]);
        Tensor turned = new(rows.Storage, rows.Layout.Permute([0, 1, 3, 2]));
        Assert.Equal([0, 153, 51, 204, 102, 255], ImageFile.FromTensor(turned, 0).Pixels);
    }

    [Fact]
    public void What_is_no_picture_is_refused()
    {
        Assert.Throws<NumericalException>(() => ImageFile.FromTensor(Tensor.From([float.NaN], [1, 1, 1, 1]), 0));
        Assert.Throws<ArgumentException>(() => ImageFile.FromTensor(Tensor.From([1f], [1, 1, 1]), 0));
        Assert.Throws<ArgumentException>(() => ImageFile.FromTensor(Tensor.From([1], [1, 1, 1, 1]), 0));
        Assert.Throws<ArgumentException>(() => ImageFile.FromTensor(Tensor.From(new float[5], [1, 5, 1, 1]), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageFile.FromTensor(Tensor.From([1f], [1, 1, 1, 1]), 1));
        Assert.Throws<ArgumentException>(() => ImageFile.ToTensor(new PixelImage(1, 1, 1, [0]), 2));
    }
}
