namespace MiniGrad.Formats.Images;

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
