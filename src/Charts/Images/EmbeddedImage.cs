using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>Writes an image into the page itself, as a PNG data address.</summary>
internal static class EmbeddedImage
{
    // Above this width a screen shows about one image pixel per screen pixel; hard edges would only add noise.
    private const int LargestPixelated = 128;

    public static string Address(PixelImage image) =>
        "data:image/png;base64," + Convert.ToBase64String(Png.Encode(image));

    public static string StyleClass(PixelImage image, string extra) =>
        image.Width <= LargestPixelated ? $"pixels {extra}".TrimEnd() : extra;

    public static void Write(Html html, PixelImage image, string alternative, string styleClass = "") =>
        html.Empty(
            "img",
            ("class", StyleClass(image, styleClass)),
            ("width", ReportNumber.Integer(image.Width)),
            ("height", ReportNumber.Integer(image.Height)),
            ("alt", alternative),
            ("src", Address(image)));
}
