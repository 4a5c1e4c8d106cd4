using MiniGrad.Charts.Plots;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>Turns values in channel, row, column order into pixels (row, column, channel).</summary>
internal static class PlanarImage
{
    /// <summary>Values of [0, 1] as grey levels; values outside are clamped.</summary>
    public static PixelImage Clamped(ReadOnlySpan<float> values, int width, int height, int channels) =>
        Scaled(values, width, height, channels, 0, 1);

    /// <summary>Values of [low, high] as grey levels 0 to 255; values outside are clamped.</summary>
    public static PixelImage Scaled(
        ReadOnlySpan<float> values, int width, int height, int channels, float low, float high)
    {
        Check(values.Length, width, height, channels);
        int area = width * height;
        float span = high > low ? high - low : 1;
        byte[] pixels = new byte[values.Length];
        for (int c = 0; c < channels; c++)
            for (int p = 0; p < area; p++)
                pixels[p * channels + c] = Level((values[c * area + p] - low) / span);
        return new(width, height, channels, pixels);
    }

    /// <summary>Signed values in diverging colours from -scale to scale; several channels are averaged.</summary>
    public static PixelImage Signed(ReadOnlySpan<float> values, int width, int height, int channels, double scale)
    {
        Check(values.Length, width, height, channels);
        int area = width * height;
        byte[] pixels = new byte[3 * area];
        for (int p = 0; p < area; p++)
        {
            double value = Mean(values, p, area, channels);
            Rgb colour = Diverging.At(scale > 0 && double.IsFinite(value) ? value / scale : 0);
            (pixels[3 * p], pixels[3 * p + 1], pixels[3 * p + 2]) = (colour.R, colour.G, colour.B);
        }
        return new(width, height, 3, pixels);
    }

    /// <summary>The largest magnitude that <see cref="Signed"/> would draw.</summary>
    public static double LargestMagnitude(ReadOnlySpan<float> values, int channels)
    {
        int area = values.Length / Math.Max(1, channels);
        double largest = 0;
        for (int p = 0; p < area; p++)
        {
            double value = Math.Abs(Mean(values, p, area, channels));
            if (value > largest) largest = value;
        }
        return largest;
    }

    private static double Mean(ReadOnlySpan<float> values, int pixel, int area, int channels)
    {
        double sum = 0;
        for (int c = 0; c < channels; c++) sum += values[c * area + pixel];
        return sum / channels;
    }

    private static byte Level(float share) =>
        float.IsNaN(share) ? (byte)0 : (byte)(Math.Clamp(share, 0, 1) * 255 + 0.5f);

    private static void Check(int count, int width, int height, int channels)
    {
        if (channels is not (1 or 3))
            Throw.Argument($"report image: {channels} channels. Give 1 (grey) or 3 (RGB).");
        if (width < 1 || height < 1 || count != width * height * channels)
            Throw.Argument($"report image: {count} values for {width} x {height} x {channels}. Give one each.");
    }
}
