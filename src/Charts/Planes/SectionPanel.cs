using MiniGrad.Charts.Plots;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// A function on a grid over a plane: Values[row][column], row 0 at the lower end of the y axis, column 0 at the left
/// end of the x axis. Both axes are linear and have fixed ends, at which the first and last grid points lie.
/// </summary>
internal sealed record SectionPanel(
    string Title, ChartAxis XAxis, ChartAxis YAxis, double[][] Values, IReadOnlyList<SectionPoint> Points,
    SectionArrow? Arrow = null)
{
    internal int Rows => Values.Length;

    internal int Columns => Values[0].Length;

    internal void Check()
    {
        foreach (ChartAxis axis in new[] { XAxis, YAxis })
        {
            if (axis.IsLogarithmic || !(axis.Minimum < axis.Maximum))
                Throw.Argument(
                    $"section \"{Title}\": axis \"{axis.Label}\" goes from {axis.Minimum} to {axis.Maximum}. "
                    + "Give a linear axis with ascending fixed ends.");
        }
        if (Rows < 2 || Columns < 2)
            Throw.Argument($"section \"{Title}\": a grid of {Rows} rows is too small. Give at least 2 x 2 values.");
        for (int row = 0; row < Rows; row++)
        {
            if (Values[row].Length != Columns)
                Throw.Argument($"section \"{Title}\": row {row} has {Values[row].Length} values, the first has {Columns}.");
        }
    }
}

/// <summary>A point marked in a section, named by a letter or two, in the units of its axes.</summary>
internal sealed record SectionPoint(string Name, double X, double Y);

/// <summary>An arrow in a section, named at its tip: the normal at a boundary point, say.</summary>
internal sealed record SectionArrow(string Name, double FromX, double FromY, double ToX, double ToY);
