namespace MiniGrad.Formats.Images;

/// <summary>
/// Brings the rows of a subsampled component to the size of the image, as libjpeg does: samples lie in the middle of what
/// they stand for; a halved direction is interpolated by the triangle filter (3/4 of the nearer sample, 1/4 of the further
/// one, the rounding alternating), other ratios and images of at most two columns are repeated.
/// </summary>
internal sealed class JpegUpsampler
{
    private readonly JpegComponent component;
    private readonly int across;
    private readonly int down;
    private readonly bool smoothAcross;
    private readonly bool smoothDown;
    private readonly byte[] row;
    private readonly int[] sums;

    public JpegUpsampler(JpegFrame frame, JpegComponent component)
    {
        this.component = component;
        across = frame.Across / component.Across;
        down = frame.Down / component.Down;
        smoothAcross = across == 2 && down <= 2 && component.Width > 2;
        smoothDown = down == 2 && (across == 1 || smoothAcross);
        row = across == 1 && !smoothDown ? [] : new byte[component.Width * across];
        sums = smoothDown ? new int[component.Width] : [];
    }

    /// <summary>Row <paramref name="y"/> of the image; valid until the next call.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        ReadOnlySpan<byte> near = component.Row(y / down);
        if (!smoothDown)
        {
            if (across == 1) return near;
            if (smoothAcross) SmoothAcross(near);
            else Repeat(near);
            return row;
        }
        bool upper = y % 2 == 0;
        ReadOnlySpan<byte> far = component.Row(Math.Clamp(y / 2 + (upper ? -1 : 1), 0, component.Height - 1));
        if (across == 1)
        {
            int bias = upper ? 1 : 2;
            for (int x = 0; x < near.Length; x++) row[x] = (byte)((3 * near[x] + far[x] + bias) >> 2);
            return row;
        }
        for (int x = 0; x < near.Length; x++) sums[x] = 3 * near[x] + far[x];
        SmoothBoth();
        return row;
    }

    private void Repeat(ReadOnlySpan<byte> near)
    {
        for (int x = 0; x < near.Length; x++) row.AsSpan(x * across, across).Fill(near[x]);
    }

    private void SmoothAcross(ReadOnlySpan<byte> near)
    {
        int last = near.Length - 1;
        row[0] = near[0];
        row[1] = (byte)((3 * near[0] + near[1] + 2) >> 2);
        for (int x = 1; x < last; x++)
        {
            row[2 * x] = (byte)((3 * near[x] + near[x - 1] + 1) >> 2);
            row[2 * x + 1] = (byte)((3 * near[x] + near[x + 1] + 2) >> 2);
        }
        row[2 * last] = (byte)((3 * near[last] + near[last - 1] + 1) >> 2);
        row[2 * last + 1] = near[last];
    }

    /// <summary>The same on sums that are four times the samples.</summary>
    private void SmoothBoth()
    {
        int last = sums.Length - 1;
        row[0] = (byte)((4 * sums[0] + 8) >> 4);
        row[1] = (byte)((3 * sums[0] + sums[1] + 7) >> 4);
        for (int x = 1; x < last; x++)
        {
            row[2 * x] = (byte)((3 * sums[x] + sums[x - 1] + 8) >> 4);
            row[2 * x + 1] = (byte)((3 * sums[x] + sums[x + 1] + 7) >> 4);
        }
        row[2 * last] = (byte)((3 * sums[last] + sums[last - 1] + 8) >> 4);
        row[2 * last + 1] = (byte)((4 * sums[last] + 7) >> 4);
    }
}
