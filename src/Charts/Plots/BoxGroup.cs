namespace MiniGrad.Charts.Plots;

/// <summary>The values that one box summarises.</summary>
public sealed record BoxGroup(string Name, IReadOnlyList<double> Values);
