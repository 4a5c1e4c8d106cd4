namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Between planes of pixels and blocks of one register of channels, pixel by pixel: what the blocked convolutions read
/// and write.
/// </summary>
internal static unsafe class ChannelBlock
{
    /// <summary>Pixels of up to a register of planes, each to its place; channels that are not there become 0.</summary>
    public static void Read(float* planes, long planeStep, int channels, int pixels, float* to, int* places)
    {
        int w = Transpose.Side;
        for (int p = 0; p < pixels; p += w)
        {
            // The last run is moved back to end with the pixels, so that nothing behind them is read.
            int first = Math.Min(p, pixels - w);
            if (first >= 0) Transpose.Block(new StridedLines(planes + first, planeStep), channels, new PlacedLines(to, places + first));
            else ReadFew(planes, planeStep, channels, pixels, to, places);
        }
    }

    /// <summary>The other way; pixels lie at their places, and <paramref name="edge"/> holds a block.</summary>
    public static void Write(float* from, int* places, int pixels, float* planes, long planeStep, int channels, float* edge)
    {
        int w = Transpose.Side;
        for (int p = 0; p < pixels; p += w)
        {
            int first = Math.Max(0, Math.Min(p, pixels - w));
            int count = Math.Min(w, pixels - first);
            if (channels == w && count == w)
            {
                Transpose.Block(new PlacedLines(from, places + first), w, new StridedLines(planes + first, planeStep));
                continue;
            }
            Transpose.Block(new PlacedLines(from, places + first), count, new StridedLines(edge, w));
            for (int c = 0; c < channels; c++)
            {
                new Span<float>(edge + c * w, count).CopyTo(new Span<float>(planes + c * planeStep + first, count));
            }
        }
    }

    private static void ReadFew(float* planes, long planeStep, int channels, int pixels, float* to, int* places)
    {
        int w = Transpose.Side;
        for (int p = 0; p < pixels; p++)
        {
            for (int c = 0; c < w; c++) to[places[p] + c] = c < channels ? planes[c * planeStep + p] : 0;
        }
    }
}
