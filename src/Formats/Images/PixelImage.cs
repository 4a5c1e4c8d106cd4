namespace MiniGrad.Formats.Images;

/// <summary>
/// An image of 8-bit samples in interleaved rows from the top: 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA.
/// Alpha is not multiplied into the colours.
/// </summary>
public sealed class PixelImage
{
    /// <summary>An image of these bytes, which are not copied.</summary>
    /// <exception cref="ArgumentException">The size is empty, there are not 1 to 4 channels, or not as many bytes as both need.</exception>
    public PixelImage(int width, int height, int channels, byte[] pixels)
    {
        if (width < 1 || height < 1) Throw.Argument($"image: a size of {width} x {height} is empty. Both must be at least 1.");
        if (channels is < 1 or > 4) Throw.Argument($"image: {channels} channels, only 1 to 4 are possible.");
        if ((Int128)width * height * channels != pixels.Length)
        {
            Throw.Argument(
                $"image: {pixels.Length} bytes for {width} x {height} x {channels}, which needs {(Int128)width * height * channels}.");
        }
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples of a pixel, 1 to 4.</summary>
    public int Channels { get; }

    /// <summary>Height × Width × Channels samples.</summary>
    public byte[] Pixels { get; }
}
