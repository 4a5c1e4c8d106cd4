namespace MiniGrad.Charts.Planes;

/// <summary>A point marked in a section, named by a letter or two, in the units of its axes.</summary>
public sealed record SectionPoint(string Name, double X, double Y);
