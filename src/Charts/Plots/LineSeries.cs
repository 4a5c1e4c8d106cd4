namespace MiniGrad.Charts.Plots;

/// <summary>
/// One line of a chart. Faint lines are drawn thin, below the others, and share one legend entry for each name; the
/// detail tells them apart on hover. NaN breaks the line.
/// </summary>
public sealed record LineSeries(
    string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, bool IsFaint = false, string Detail = "")
{
    internal string Hover => Detail.Length > 0 ? $"{Name}: {Detail}" : Name;
}
