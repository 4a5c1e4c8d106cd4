namespace MiniGrad.Cli.Reports;

/// <summary>A horizontal reference: a dashed line at Low, or a band from Low to High.</summary>
public sealed record ChartReference(string Label, double Low, double? High = null);
