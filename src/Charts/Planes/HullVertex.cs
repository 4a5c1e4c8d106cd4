using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>A corner of a triangle: its label and thumbnail.</summary>
public sealed record HullVertex(string Name, PixelImage Image);
