namespace MiniGrad.Formats.Images;

/// <summary>
/// JPEG images (ITU-T T.81, https://www.w3.org/Graphics/JPEG/itu-t81.pdf): Huffman-coded, 8 bits a sample, baseline,
/// extended sequential and progressive; grey, YCbCr, RGB, CMYK and YCCK. The arithmetic is libjpeg's default (integer
/// inverse transform, triangle filter for halved chroma), so that the pixels are those of Pillow, bit for bit.
/// </summary>
internal static class Jpeg
{
    /// <summary>The most pixels an image may have: 64 Mi.</summary>
    public const int MaxPixels = 1 << 26;

    /// <summary>
    /// Decodes a JPEG file's bytes; <paramref name="name"/> is what errors call it. Grey has 1 channel, everything else
    /// becomes RGB. An orientation in Exif data is ignored, as torchvision and Pillow's <c>Image.open</c> do.
    /// </summary>
    public static PixelImage Decode(byte[] data, string name)
    {
        JpegSegments segments = new(data, name);
        foreach (JpegScan scan in segments.Scans) new JpegScanDecoder(segments.Frame, scan, data, name).Decode();
        JpegFrame frame = segments.Frame;
        if (frame.Progressive)
        {
            foreach (JpegComponent component in frame.Components) component.Transform();
        }
        return JpegColors.ToImage(frame, segments.Colors);
    }
}
