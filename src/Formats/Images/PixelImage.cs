namespace MiniGrad.Formats.Images;

/// <summary>
/// An image of 8-bit samples in interleaved rows from the top: 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA.
/// Alpha is not multiplied into the colours.
/// </summary>
public sealed class PixelImage
{
    public PixelImage(int width, int height, int channels, byte[] pixels)
    {
        if (width < 1 || height < 1) Throw.Argument($"image: a size of {width} x {height} is empty. Both must be at least 1.");
        if (channels is < 1 or > 4) Throw.Argument($"image: {channels} channels, only 1 to 4 are possible.");
        if ((Int128)width * height * channels != pixels.Length)
        {
            Throw.Argument($"image: {pixels.Length} bytes for {width} x {height} x {channels}, which needs {(Int128)width * height * channels}.");
        }
        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    public int Width { get; }

    public int Height { get; }

    public int Channels { get; }

    public byte[] Pixels { get; }
}
