namespace MiniGrad.Cli.Reports;

/// <summary>
/// One line of a chart. Faint lines are drawn thin, below the others, and share one legend entry for each name.
/// NaN breaks the line.
/// </summary>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, bool IsFaint = false);
