namespace MiniGrad.Formats.Images;

/// <summary>
/// From the components of a JPEG image to grey or RGB pixels. YCbCr (JFIF, ITU-R BT.601 at full range): R = Y + 1.402 Cr,
/// G = Y − 0.34414 Cb − 0.71414 Cr, B = Y + 1.772 Cb, in 16-bit fixed point with libjpeg's rounding; CMYK as Pillow's
/// <c>convert("RGB")</c>: R = (255 − C)(255 − K) / 255.
/// </summary>
internal static class JpegColors
{
    private const int FractionBits = 16;
    private const int Half = 1 << (FractionBits - 1);

    // Indexed by the sample, 128 being no colour. Green is shifted once both parts are added.
    private static readonly int[] RedOfCr = Table(x => (Fixed(1.402) * x + Half) >> FractionBits);
    private static readonly int[] BlueOfCb = Table(x => (Fixed(1.772) * x + Half) >> FractionBits);
    private static readonly int[] GreenOfCr = Table(x => -Fixed(0.71414) * x);
    private static readonly int[] GreenOfCb = Table(x => -Fixed(0.34414) * x + Half);

    /// <summary>
    /// The meaning of the components, by libjpeg's rules: JFIF is YCbCr; else Adobe's
    /// marker says; else the numbers of the components.
    /// </summary>
    public static JpegColorSpace Guess(JpegFrame frame, bool jfif, int adobeTransform)
    {
        JpegComponent[] c = frame.Components;
        if (c.Length == 1) return JpegColorSpace.Grey;
        if (c.Length == 4) return adobeTransform is -1 or 0 ? JpegColorSpace.Cmyk : JpegColorSpace.Ycck;
        if (jfif) return JpegColorSpace.YCbCr;
        if (adobeTransform >= 0) return adobeTransform == 0 ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
        return c[0].Id == 'R' && c[1].Id == 'G' && c[2].Id == 'B' ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
    }

    public static PixelImage ToImage(JpegFrame frame, JpegColorSpace space)
    {
        int channels = space == JpegColorSpace.Grey ? 1 : 3;
        byte[] pixels = new byte[frame.Width * frame.Height * channels];
        JpegUpsampler[] parts = [.. frame.Components.Select(component => new JpegUpsampler(frame, component))];
        for (int y = 0; y < frame.Height; y++)
        {
            Span<byte> target = pixels.AsSpan(y * frame.Width * channels, frame.Width * channels);
            ReadOnlySpan<byte> first = parts[0].Row(y)[..frame.Width];
            switch (space)
            {
                case JpegColorSpace.Grey:
                    first.CopyTo(target);
                    break;
                case JpegColorSpace.Rgb:
                    Interleave(first, parts[1].Row(y), parts[2].Row(y), target);
                    break;
                case JpegColorSpace.Cmyk:
                    Interleave(first, parts[1].Row(y), parts[2].Row(y), target);
                    Darken(parts[3].Row(y), target);
                    break;
                case JpegColorSpace.YCbCr:
                    FromYCbCr(first, parts[1].Row(y), parts[2].Row(y), target);
                    break;
                case JpegColorSpace.Ycck:
                    FromYCbCr(first, parts[1].Row(y), parts[2].Row(y), target);
                    // YCCK holds the colours of the inks as they are; CMYK, and what follows, has them inverted.
                    for (int i = 0; i < target.Length; i++) target[i] = (byte)(255 - target[i]);
                    Darken(parts[3].Row(y), target);
                    break;
                default:
                    throw new InvalidOperationException($"jpeg: no conversion from {space}.");
            }
        }
        return new(frame.Width, frame.Height, channels, pixels);
    }

    private static void Interleave(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> target)
    {
        for (int x = 0; x < first.Length; x++)
        {
            target[3 * x] = first[x];
            target[3 * x + 1] = second[x];
            target[3 * x + 2] = third[x];
        }
    }

    private static void FromYCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> target)
    {
        for (int x = 0; x < luma.Length; x++)
        {
            (int y, int cb, int cr) = (luma[x], blue[x], red[x]);
            target[3 * x] = Level(y + RedOfCr[cr]);
            target[3 * x + 1] = Level(y + ((GreenOfCb[cb] + GreenOfCr[cr]) >> FractionBits));
            target[3 * x + 2] = Level(y + BlueOfCb[cb]);
        }
    }

    /// <summary>Takes inverted inks to light: what black lets through of what each colour lets through, as Pillow rounds it.</summary>
    private static void Darken(ReadOnlySpan<byte> black, Span<byte> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            int through = black[i / 3];
            int product = (255 - target[i]) * through + 128;
            target[i] = Level(through - ((product + (product >> 8)) >> 8));
        }
    }

    private static byte Level(int value) => (byte)Math.Clamp(value, 0, 255);

    private static int Fixed(double factor) => (int)(factor * (1 << FractionBits) + 0.5);

    private static int[] Table(Func<int, int> value) => [.. Enumerable.Range(-128, 256).Select(value)];
}

/// <summary>What the components of a JPEG image mean.</summary>
internal enum JpegColorSpace
{
    Grey,
    YCbCr,
    Rgb,

    /// <summary>Stored inverted, 255 being no ink, as Adobe's programs write it.</summary>
    Cmyk,

    /// <summary>YCbCr of 255 less each of the stored cyan, magenta and yellow; black as in <see cref="Cmyk"/>.</summary>
    Ycck,
}
