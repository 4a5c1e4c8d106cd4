namespace MiniGrad.Charts.Plots;

/// <summary>
/// A reference across a chart: a dashed line at Low, or a band from Low to High. An empty label leaves it unnamed.
/// </summary>
public sealed record ChartReference(string Label, double Low, double? High = null);
