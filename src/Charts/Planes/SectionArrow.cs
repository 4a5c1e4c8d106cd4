namespace MiniGrad.Charts.Planes;

/// <summary>An arrow in a section, named at its tip: the normal at a boundary point, say.</summary>
public sealed record SectionArrow(string Name, double FromX, double FromY, double ToX, double ToY);
