namespace MiniGrad.Cli.Reports;

/// <summary>A sample whose distribution a histogram shows.</summary>
public sealed record HistogramSeries(string Name, IReadOnlyList<double> Values);
