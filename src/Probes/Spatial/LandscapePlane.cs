using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>A plane through the parameters of a warp and the grid on it; the third parameter is 0.</summary>
/// <param name="Rows">What grows from row to row.</param>
/// <param name="Columns">What grows within a row.</param>
/// <param name="RowCount">Values along the rows' axis, end points included.</param>
/// <param name="ColumnCount">Values along the columns' axis, end points included.</param>
public sealed record LandscapePlane(WarpAxis Rows, WarpAxis Columns, int RowCount = 61, int ColumnCount = 61)
{
    /// <summary>Angle and shift to the right.</summary>
    public static LandscapePlane AngleRight { get; } = new(WarpAxis.Angle, WarpAxis.Right);

    /// <summary>Angle and shift down.</summary>
    public static LandscapePlane AngleDown { get; } = new(WarpAxis.Angle, WarpAxis.Down);

    /// <summary>Both shifts, down from row to row and to the right within a row.</summary>
    public static LandscapePlane Shifts { get; } = new(WarpAxis.Down, WarpAxis.Right);

    /// <summary>31 angles by 5 shifts to the right: the cheap one.</summary>
    public static LandscapePlane Coarse { get; } = new(WarpAxis.Angle, WarpAxis.Right, 31, 5);

    /// <summary>The same plane with as many values on both axes.</summary>
    public LandscapePlane At(int resolution) => this with { RowCount = resolution, ColumnCount = resolution };

    /// <summary>Throws unless the two axes differ and have values.</summary>
    /// <exception cref="ArgumentException">Both axes are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis has no value.</exception>
    public void Check()
    {
        if (Rows == Columns) Throw.Argument($"landscape: both axes are {Rows}. Name two of Angle, Right and Down.");
        if (RowCount < 1 || ColumnCount < 1)
        {
            Throw.Range($"landscape: a grid of {RowCount} x {ColumnCount} values. Take at least 1 on each axis, better 61.");
        }
    }
}

/// <summary>An axis of a landscape: what it is, and its values in degrees or pixels, ascending.</summary>
/// <param name="Axis">What grows along it.</param>
/// <param name="Limit">The largest angle or shift of the warp.</param>
/// <param name="Values">
/// Equally spaced from −limit to limit; 0 alone where there is one value, or where the limit is 0, which fixes the axis.
/// </param>
public sealed record LandscapeAxis(WarpAxis Axis, double Limit, IReadOnlyList<double> Values)
{
    internal static LandscapeAxis Of(WarpAxis axis, Warp warp, int count)
    {
        double limit = axis == WarpAxis.Angle ? warp.Degrees : warp.Pixels;
        double[] shares = SpatialGrid.Axis(limit > 0 ? count : 1);
        return new(axis, limit, Array.ConvertAll(shares, share => share * limit));
    }
}
