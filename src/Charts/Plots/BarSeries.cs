namespace MiniGrad.Charts.Plots;

/// <summary>One value a category; NaN leaves the category without a bar.</summary>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values);
