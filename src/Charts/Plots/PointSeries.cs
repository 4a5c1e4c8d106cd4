namespace MiniGrad.Charts.Plots;

/// <summary>One cloud of points of a scatter chart.</summary>
public sealed record PointSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);
