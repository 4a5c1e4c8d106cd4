using MiniGrad.Formats.Images;

namespace MiniGrad.Lab.Attacks;

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
                PixelImage image = Pictures.Of(rows[r].TakeIndices(0, [c]));
                for (int y = 0; y < height; y++)
                {
                    int to = ((Gap + r * (height + Gap) + y) * fullWidth + Gap + c * (width + Gap)) * channels;
                    image.Pixels.AsSpan(y * width * channels, width * channels).CopyTo(pixels.AsSpan(to));
                }
            }
        }
        return new(fullWidth, pixels.Length / channels / fullWidth, channels, pixels);
    }

    /// <summary>A grid run as one picture: rows are targets, columns sources, the originals on the diagonal in a black frame.</summary>
    public static PixelImage Grid(TraversalOutcome outcome)
    {
        const int scale = 2;
        const int frame = 3;
        int classes = outcome.Input.ClassNames.Count;
        (int channels, int height, int width) =
            (outcome.Input.Sources.Shape[1], outcome.Input.Sources.Shape[2], outcome.Input.Sources.Shape[3]);
        int cellWidth = width * scale + 2 * frame;
        int cellHeight = height * scale + 2 * frame;
        int fullWidth = classes * cellWidth;
        byte[] pixels = new byte[fullWidth * classes * cellHeight * channels];
        Array.Fill(pixels, (byte)255);
        void Put(PixelImage image, int row, int column, bool framed)
        {
            for (int y = 0; y < cellHeight; y++)
            {
                for (int x = 0; x < cellWidth; x++)
                {
                    int to = ((row * cellHeight + y) * fullWidth + column * cellWidth + x) * channels;
                    int fromY = (y - frame) / scale;
                    int fromX = (x - frame) / scale;
                    bool inside = y >= frame && x >= frame && fromY < height && fromX < width;
                    for (int c = 0; c < channels; c++)
                    {
                        pixels[to + c] = inside ? image.Pixels[(fromY * width + fromX) * channels + c] : framed ? (byte)0 : (byte)255;
                    }
                }
            }
        }
        for (int i = 0; i < outcome.Input.Count; i++)
        {
            Put(Pictures.Of(outcome.Source(i)), outcome.Input.Labels[i], outcome.Input.Labels[i], framed: true);
            Put(Pictures.Of(outcome.Output(i)), outcome.Input.TargetLabels[i], outcome.Input.Labels[i], framed: false);
        }
        return new(fullWidth, classes * cellHeight, channels, pixels);
    }
}
