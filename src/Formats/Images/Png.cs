namespace MiniGrad.Formats.Images;

/// <summary>
/// PNG images (W3C Recommendation "Portable Network Graphics", third edition): reads every standard kind, reduced to 8
/// bits a sample; writes 8-bit grey, grey and alpha, RGB and RGBA.
/// </summary>
internal static class Png
{
    /// <summary>The most pixels an image may have.</summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>
    /// Decodes a PNG file's bytes; <paramref name="name"/> is what errors call it. A transparent colour or palette
    /// entry becomes an alpha channel, a palette RGB.
    /// </summary>
    public static PixelImage Decode(byte[] data, string name) => new PngDecoder(new PngChunks(data, name), data, name).Decode();

    /// <summary>The bytes of a PNG file of 8 bits a sample.</summary>
    public static byte[] Encode(PixelImage image) => PngEncoder.Encode(image);
}
