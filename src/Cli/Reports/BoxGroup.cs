namespace MiniGrad.Cli.Reports;

/// <summary>The values that one box summarises.</summary>
public sealed record BoxGroup(string Name, IReadOnlyList<double> Values);
