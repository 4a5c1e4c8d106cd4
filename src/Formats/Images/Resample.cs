namespace MiniGrad.Formats.Images;

/// <summary>Resizes images as Pillow's <c>Image.resize</c>, bit for bit: rows first, then columns, rounded to 8 bits between.</summary>
internal static class Resample
{
    /// <summary>The whole image at another size.</summary>
    public static PixelImage Resize(PixelImage image, int width, int height, Interpolation interpolation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (width < 1 || height < 1 || (long)width * height > Png.MaxPixels)
        {
            Throw.Argument(
                $"image: {width} x {height} is no size to resize to. Each side must be at least 1, the pixels at most {Png.MaxPixels}.");
        }
        return Window(image, width, height, 0, 0, width, height, interpolation);
    }

    /// <summary>
    /// The part of the resized image that starts at (<paramref name="left"/>, <paramref name="top"/>): only what it shows is
    /// computed, so that the full size may be anything.
    /// </summary>
    internal static PixelImage Window(
        PixelImage image, int fullWidth, int fullHeight, int left, int top, int width, int height, Interpolation interpolation)
    {
        if (image.Channels is 2 or 4) Throw.Argument("image: pixels with alpha cannot be averaged. Make the image RGB first.");
        ResampleWeights rows = new(image.Height, fullHeight, top, height, interpolation);
        ResampleWeights columns = new(image.Width, fullWidth, left, width, interpolation);
        int channels = image.Channels;
        // Only the rows that the second pass reads.
        long between = (long)(rows.End - rows.First) * width * channels;
        if (between > Array.MaxLength)
        {
            Throw.Argument($"image: {image.Width} x {image.Height} pixels take {between} bytes on the way to {fullWidth} x {fullHeight}, "
                + $"more than {Array.MaxLength}. Make the image smaller first.");
        }
        byte[] narrow = new byte[between];
        for (int y = rows.First; y < rows.End; y++)
        {
            ReadOnlySpan<byte> source = image.Pixels.AsSpan(y * image.Width * channels, image.Width * channels);
            Across(source, columns, channels, narrow.AsSpan((y - rows.First) * width * channels, width * channels));
        }
        byte[] pixels = new byte[width * height * channels];
        int[] sums = new int[width * channels];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<int> weights = rows.Weights(y, out int first);
            Down(narrow.AsSpan((first - rows.First) * sums.Length), weights, sums, pixels.AsSpan(y * sums.Length, sums.Length));
        }
        return new(width, height, channels, pixels);
    }

    private static void Across(ReadOnlySpan<byte> source, ResampleWeights columns, int channels, Span<byte> target)
    {
        for (int x = 0; x < columns.Count; x++)
        {
            ReadOnlySpan<int> weights = columns.Weights(x, out int first);
            for (int c = 0; c < channels; c++)
            {
                int sum = 0;
                int at = first * channels + c;
                for (int k = 0; k < weights.Length; k++, at += channels) sum += source[at] * weights[k];
                target[x * channels + c] = Level(sum);
            }
        }
    }

    private static void Down(ReadOnlySpan<byte> source, ReadOnlySpan<int> weights, Span<int> sums, Span<byte> target)
    {
        sums.Clear();
        for (int k = 0; k < weights.Length; k++)
        {
            int weight = weights[k];
            ReadOnlySpan<byte> row = source.Slice(k * sums.Length, sums.Length);
            for (int i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
        }
        for (int i = 0; i < target.Length; i++) target[i] = Level(sums[i]);
    }

    private static byte Level(int sum) =>
        (byte)Math.Clamp((sum + (1 << (ResampleWeights.FractionBits - 1))) >> ResampleWeights.FractionBits, 0, 255);
}
