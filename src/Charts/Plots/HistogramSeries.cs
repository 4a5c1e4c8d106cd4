namespace MiniGrad.Charts.Plots;

/// <summary>A sample whose distribution a histogram shows.</summary>
public sealed record HistogramSeries(string Name, IReadOnlyList<double> Values);
