using MiniGrad.Files;

namespace MiniGrad.Cli.Studies;

/// <summary>The first examples of a run as one picture: a column each, the source above, the target (if any), the output below.</summary>
internal static class ContactSheet
{
    private const int Most = 12;
    private const int Gap = 2;

    public static PixelImage Of(Tensor sources, Tensor? targets, Tensor outputs)
    {
        Tensor[] rows = targets is null ? [sources, outputs] : [sources, targets, outputs];
        int columns = Math.Min(Most, sources.Shape[0]);
        (int channels, int height, int width) = (sources.Shape[1], sources.Shape[2], sources.Shape[3]);
        int fullWidth = columns * (width + Gap) + Gap;
        byte[] pixels = new byte[fullWidth * (rows.Length * (height + Gap) + Gap) * channels];
        Array.Fill(pixels, (byte)255);
        for (int r = 0; r < rows.Length; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                PixelImage image = Pixels.Of(rows[r].TakeIndices(0, [c]));
                for (int y = 0; y < height; y++)
                {
                    int to = ((Gap + r * (height + Gap) + y) * fullWidth + Gap + c * (width + Gap)) * channels;
                    image.Pixels.AsSpan(y * width * channels, width * channels).CopyTo(pixels.AsSpan(to));
                }
            }
        }
        return new(fullWidth, pixels.Length / channels / fullWidth, channels, pixels);
    }
}
