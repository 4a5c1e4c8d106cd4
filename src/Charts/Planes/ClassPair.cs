namespace MiniGrad.Charts.Planes;

/// <summary>The confidences of the source class and of the target class at one image.</summary>
public readonly record struct ClassPair(double Source, double Target);
