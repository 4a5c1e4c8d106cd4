using MiniGrad.Files;

namespace MiniGrad.Cli.Reports;

/// <summary>A corner of a triangle: its label and thumbnail.</summary>
public sealed record HullVertex(string Name, PixelImage Image);
