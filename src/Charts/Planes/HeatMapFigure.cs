using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>Functions on grids over planes, in viridis from the smallest value to the largest, with paths drawn on them.</summary>
/// <param name="Caption">What is shown.</param>
/// <param name="ValueName">What the colours stand for, such as "loss".</param>
/// <param name="Panels">The grids, side by side.</param>
/// <param name="SharesColours">Whether a colour is the same value in all panels; otherwise every panel has a key of its own.</param>
/// <param name="Note">What else to know.</param>
internal sealed record HeatMapFigure(
    string Caption, string ValueName, IReadOnlyList<HeatMapPanel> Panels, bool SharesColours = true, string Note = "") : IReportPart
{
    private static readonly LegendKey[] PathKeys =
    [
        new("path", "trail", LegendKey.Line),
        new("its start", "trail-start", "M13 6a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"),
        new("its end", "trail-end", "M13 6a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"),
    ];

    /// <inheritdoc/>
    public void Write(Html html)
    {
        List<string> notes = Note.Length > 0 ? [Note] : [];
        foreach (HeatMapPanel panel in Panels) panel.Check();
        ValueRange common = ValueRange.Of(Panels.SelectMany(panel => panel.Values));
        string id = FigureFrame.Open(html, "heatmaps");
        if (Panels.Any(panel => panel.Paths.Count > 0)) LegendKey.WriteList(html, PathKeys);
        html.Open("div", ("class", "panels")).Line();
        foreach (HeatMapPanel panel in Panels)
        {
            ValueRange range = SharesColours ? common : ValueRange.Of(panel.Values);
            html.Open("div", ("class", "panel")).Line();
            new HeatMapDrawing(panel, range, ValueName).Write(html, Panels.Count > 1);
            html.Element("p", panel.Title, ("class", "panel-title")).Line();
            if (!SharesColours) ColourBar.Write(html, ValueName, range.Low, range.High);
            html.Close().Line();
            int missing = panel.Values.Sum(row => row.Count(value => !double.IsFinite(value)));
            if (missing == 0) continue;
            string share = ReportNumber.Share(missing, panel.Rows * panel.Columns);
            notes.Add($"{panel.Title}: {share} of the grid points have no value and are left blank.");
        }
        html.Close();
        if (SharesColours) ColourBar.Write(html, ValueName, common.Low, common.High);
        FigureFrame.Close(html, id, Caption, string.Join(" ", notes));
    }
}

/// <summary>
/// A function on a grid: Values[row][column], row 0 at the lower end of the y axis, column 0 at the left end of the x axis. Both
/// axes are linear and have fixed ends, at which the first and last grid points lie; their units may differ.
/// </summary>
internal sealed record HeatMapPanel(
    string Title, ChartAxis XAxis, ChartAxis YAxis, IReadOnlyList<IReadOnlyList<double>> Values, IReadOnlyList<HeatMapPath> Paths)
{
    internal int Rows => Values.Count;

    internal int Columns => Values[0].Count;

    internal void Check()
    {
        foreach (ChartAxis axis in new[] { XAxis, YAxis })
        {
            if (axis.IsLogarithmic || !(axis.Minimum < axis.Maximum))
            {
                Throw.Argument($"heat map \"{Title}\": axis \"{axis.Label}\" goes from {axis.Minimum} to {axis.Maximum}. "
                    + "Give a linear axis with ascending fixed ends.");
            }
        }
        if (Rows < 2 || Columns < 2)
        {
            Throw.Argument($"heat map \"{Title}\": a grid of {Rows} rows is too small. Give at least 2 x 2 values.");
        }
        for (int row = 0; row < Rows; row++)
        {
            if (Values[row].Count != Columns)
            {
                Throw.Argument($"heat map \"{Title}\": row {row} has {Values[row].Count} values, the first has {Columns}.");
            }
        }
    }
}

/// <summary>A line over a heat map from its first point to its last, in the units of the axes.</summary>
internal sealed record HeatMapPath(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>The smallest and the largest finite value; 0 and 1 where there is none.</summary>
internal readonly record struct ValueRange(double Low, double High)
{
    public static ValueRange Of(IEnumerable<IReadOnlyList<double>> rows)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in rows.SelectMany(row => row))
        {
            if (!double.IsFinite(value)) continue;
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        return low <= high ? new(low, high) : new(0, 1);
    }

    /// <summary>The place of a value between the ends, in [0, 1]; 0 where they are one.</summary>
    public double Share(double value) => High > Low ? (value - Low) / (High - Low) : 0;
}
