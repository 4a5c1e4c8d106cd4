namespace MiniGrad.Formats.Images;

/// <summary>How a resized image is read between its pixels; both filters are widened when an image shrinks, so that nothing aliases.</summary>
public enum Interpolation
{
    /// <summary>The triangle max(0, 1 − |x|).</summary>
    Bilinear,

    /// <summary>The cubic convolution of Keys (IEEE Trans. ASSP 29, 1981) with a = −1/2.</summary>
    Bicubic,
}
