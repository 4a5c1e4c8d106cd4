namespace MiniGrad.Formats.Images;

/// <summary>
/// The usual preparation of a photo for a network, as torchvision does it with Pillow: the image as RGB, its shorter side
/// resized to <paramref name="Resize"/> pixels, the middle cut out.
/// </summary>
/// <param name="Resize">The shorter side after resizing, in pixels; the longer one becomes ⌊Resize · long / short⌋.</param>
/// <param name="CropHeight">Rows cut out of the middle; where there are fewer, black ones are added on both sides.</param>
/// <param name="CropWidth">Columns, likewise.</param>
/// <param name="Interpolation">How the image is resized.</param>
public sealed record ImageTransform(int Resize, int CropHeight, int CropWidth, Interpolation Interpolation)
{
    /// <summary>The most pixels a side may have.</summary>
    public const int MaxSide = 1 << 14;

    /// <summary>The transform of most ImageNet models: 256 pixels, bilinear, the middle 224 × 224.</summary>
    public static ImageTransform ImageNet { get; } = new(256, 224, 224, Interpolation.Bilinear);

    /// <summary>The shorter side after resizing, in pixels.</summary>
    public int Resize { get; } = Side(Resize, nameof(Resize));

    /// <summary>Rows that are cut out of the middle.</summary>
    public int CropHeight { get; } = Side(CropHeight, nameof(CropHeight));

    /// <summary>Columns that are cut out of the middle.</summary>
    public int CropWidth { get; } = Side(CropWidth, nameof(CropWidth));

    /// <summary>The transformed image: RGB, CropWidth × CropHeight.</summary>
    public PixelImage Apply(PixelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        PixelImage rgb = ToRgb(image);
        (long width, long height) = (rgb.Width, rgb.Height);
        (width, height) = width <= height ? ((long)Resize, Resize * height / width) : (Resize * width / height, (long)Resize);
        if (Math.Max(width, height) > int.MaxValue)
        {
            Throw.Argument(
                $"image: {rgb.Width} x {rgb.Height} pixels become {width} x {height} with a shorter side of {Resize}. Resize to less.");
        }
        (int left, int fromX, int shownWide) = Middle((int)width, CropWidth);
        (int top, int fromY, int shownHigh) = Middle((int)height, CropHeight);
        PixelImage shown = Resample.Window(rgb, (int)width, (int)height, fromX, fromY, shownWide, shownHigh, Interpolation);
        if (shownWide == CropWidth && shownHigh == CropHeight) return shown;
        byte[] pixels = new byte[CropWidth * CropHeight * 3];
        for (int y = 0; y < shownHigh; y++)
        {
            shown.Pixels.AsSpan(y * shownWide * 3, shownWide * 3).CopyTo(pixels.AsSpan(((top + y) * CropWidth + left) * 3));
        }
        return new(CropWidth, CropHeight, 3, pixels);
    }

    /// <summary>RGB of any image: grey three times, alpha composited on white, rounded to the nearest level.</summary>
    internal static PixelImage ToRgb(PixelImage image)
    {
        if (image.Channels == 3) return image;
        int channels = image.Channels;
        byte[] pixels = new byte[checked(image.Width * image.Height * 3)];
        for (int i = 0, at = 0; i < pixels.Length; i += 3, at += channels)
        {
            for (int k = 0; k < 3; k++)
            {
                int value = image.Pixels[at + (channels == 4 ? k : 0)];
                int cover = channels == 1 ? 255 : image.Pixels[at + channels - 1];
                pixels[i + k] = (byte)((value * cover + 255 * (255 - cover) + 127) / 255);
            }
        }
        return new(image.Width, image.Height, 3, pixels);
    }

    /// <summary>For one direction: black pixels before the image, the first of its pixels shown, and how many are shown.</summary>
    private static (int Black, int From, int Shown) Middle(int size, int crop) => size < crop
        ? ((crop - size) / 2, 0, size)
        // Halves are rounded to even, as Python does.
        : (0, (int)Math.Round((size - crop) / 2.0), crop);

    private static int Side(int pixels, string name)
    {
        if (pixels is < 1 or > MaxSide) Throw.Argument($"image: {name} of {pixels} pixels. It must be 1 to {MaxSide}.");
        return pixels;
    }
}

/// <summary>
/// How a resized image is read between its pixels; both filters are widened when an image shrinks, so that nothing aliases.
/// </summary>
public enum Interpolation
{
    /// <summary>The triangle max(0, 1 − |x|).</summary>
    Bilinear,

    /// <summary>The cubic convolution of Keys (IEEE Trans. ASSP 29, 1981) with a = −1/2.</summary>
    Bicubic,
}
