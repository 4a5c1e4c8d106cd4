using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>What the golden files leave out: pixels that can be said beforehand, alpha, limits.</summary>
public sealed class ImageTransformTests
{
    [Fact]
    public void The_usual_transform_is_that_of_imagenet() =>
        Assert.Equal((256, 224, 224, Interpolation.Bilinear), (ImageTransform.ImageNet.Resize,
            ImageTransform.ImageNet.CropHeight, ImageTransform.ImageNet.CropWidth, ImageTransform.ImageNet.Interpolation));

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void A_flat_image_stays_flat(Interpolation interpolation)
    {
        PixelImage flat = new(31, 17, 3, [.. Enumerable.Repeat<byte[]>([250, 7, 128], 31 * 17).SelectMany(p => p)]);
        foreach ((int width, int height) in new[] { (5, 3), (31, 17), (100, 90), (1, 1) })
        {
            PixelImage resized = Resample.Resize(flat, width, height, interpolation);
            for (int i = 0; i < resized.Pixels.Length; i++) Assert.Equal(flat.Pixels[i % 3], resized.Pixels[i]);
        }
    }

    [Fact]
    public void Halving_averages_with_a_widened_triangle()
    {
        // Weights 1/8, 3/8, 3/8, 1/8 of four pixels; at the edge 3/7, 3/7, 1/7 of three.
        PixelImage halved = Resample.Resize(new PixelImage(6, 1, 1, [0, 70, 140, 80, 0, 0]), 3, 1, Interpolation.Bilinear);
        Assert.Equal([(byte)Math.Round((3 * 70 + 140) / 7.0), (byte)Math.Round((70 + 3 * 140 + 3 * 80) / 8.0), (byte)Math.Round(80 / 7.0)],
            halved.Pixels);
    }

    [Fact]
    public void The_cubic_overshoots_and_is_clamped()
    {
        PixelImage step = Resample.Resize(new PixelImage(4, 1, 1, [20, 20, 255, 255]), 16, 1, Interpolation.Bicubic);
        Assert.True(step.Pixels[..8].Min() < 20);
        Assert.Equal(255, step.Pixels[^6]);
    }

    [Fact]
    public void Alpha_is_laid_on_white_before_resizing()
    {
        ImageTransform same = new(1, 1, 2, Interpolation.Bilinear);
        Assert.Equal([255, 255, 255, 105, 106, 106], same.Apply(new PixelImage(2, 1, 4, [9, 9, 9, 0, 5, 6, 7, 153])).Pixels);
        Assert.Equal([50, 50, 50, 204, 204, 204], same.Apply(new PixelImage(2, 1, 2, [50, 255, 0, 51])).Pixels);
    }

    [Fact]
    public void A_narrow_image_is_cut_without_being_made_whole()
    {
        // Resized in full, it would have 1.7 million by 256 pixels.
        PixelImage strip = new(65535, 10, 1, new byte[655350]);
        strip.Pixels[32767] = 255;
        long before = GC.GetAllocatedBytesForCurrentThread();
        PixelImage middle = ImageTransform.ImageNet.Apply(strip);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000);
        Assert.Equal((224, 224), (middle.Width, middle.Height));
        Assert.True(middle.Pixels.Max() > 0);
    }

    [Theory]
    [InlineData(0, 224, 224)]
    [InlineData(256, -1, 224)]
    [InlineData(256, 224, 20000)]
    public void Sides_have_limits(int resize, int cropHeight, int cropWidth) =>
        Assert.Contains("must be 1 to 16384",
            Assert.Throws<ArgumentException>(() => new ImageTransform(resize, cropHeight, cropWidth, Interpolation.Bilinear)).Message);

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        PixelImage one = new(1, 1, 1, [0]);
        Assert.Throws<ArgumentException>(() => Resample.Resize(one, 0, 1, Interpolation.Bilinear));
        Assert.Throws<ArgumentException>(() => Resample.Resize(one, 100_000, 100_000, Interpolation.Bilinear));
        Assert.Throws<ArgumentException>(() => Resample.Resize(new PixelImage(1, 1, 2, [0, 0]), 2, 2, Interpolation.Bilinear));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resample.Resize(one, 2, 2, (Interpolation)7));
        PixelImage strip = new(1_000_000, 1, 1, new byte[1_000_000]);
        Assert.Contains("shorter side",
            Assert.Throws<ArgumentException>(() => new ImageTransform(16384, 1, 1, Interpolation.Bilinear).Apply(strip)).Message);
    }
}
