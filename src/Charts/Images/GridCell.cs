using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>An image of a grid and the confidence of its column's class.</summary>
public sealed record GridCell(PixelImage Image, double Confidence);
