using System.Globalization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// The loss of one image over a plane of rotations and shifts, on a grid. Where it is rough, gradient ascent ends in the next local
/// maximum; Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Warp">The rotations and shifts.</param>
/// <param name="Label">The class whose loss it is.</param>
/// <param name="Rows">The angles or shifts of the rows.</param>
/// <param name="Columns">The angles or shifts of the columns.</param>
/// <param name="Cells">The scores, row by row.</param>
public sealed record Landscape(
    Warp Warp, int Label, LandscapeAxis Rows, LandscapeAxis Columns, IReadOnlyList<IReadOnlyList<WarpScore>> Cells)
{
    /// <summary>The cross-entropies, row by row.</summary>
    public double[][] Loss => Each(cell => cell.Loss);

    /// <summary>The margins, row by row: positive where another class wins.</summary>
    public double[][] Margin => Each(cell => cell.Margin);

    /// <summary>The predicted classes, row by row.</summary>
    public int[][] Prediction => Each(cell => cell.Prediction);

    /// <summary>The landscape of an image [1, C, H, W]. It has the same bits however many images are rendered together.</summary>
    /// <param name="classifier">The network, or a formula.</param>
    /// <param name="image">One image within the classifier's pixel box.</param>
    /// <param name="label">Its class.</param>
    /// <param name="warp">The rotations and shifts.</param>
    /// <param name="plane">The plane and the grid; angle and shift to the right, 61 by 61, by default.</param>
    /// <param name="run">Cancellation, and how many images are rendered together.</param>
    /// <exception cref="ArgumentException">
    /// The image does not fit the classifier, both axes are the same, or a logit is not finite; the message names the angle and the
    /// shift.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The label does not exist, or an axis has no value.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Landscape Of(
        Classifier classifier, Tensor image, int label, Warp warp, LandscapePlane? plane = null, RunContext? run = null)
    {
        plane ??= LandscapePlane.AngleRight;
        plane.Check();
        run ??= new RunContext { ChunkSize = 256 };
        WarpedImage warped = new(classifier, image, label, warp, run, "landscape");
        LandscapeAxis rows = LandscapeAxis.Of(plane.Rows, warp, plane.RowCount);
        LandscapeAxis columns = LandscapeAxis.Of(plane.Columns, warp, plane.ColumnCount);
        double[] shares = new double[3 * rows.Values.Count * columns.Values.Count];
        double[] down = SpatialGrid.Axis(rows.Values.Count);
        double[] across = SpatialGrid.Axis(columns.Values.Count);
        for (int i = 0; i < shares.Length / 3; i++)
        {
            shares[3 * i + (int)plane.Rows] = down[i / across.Length];
            shares[3 * i + (int)plane.Columns] = across[i % across.Length];
        }
        return new(warp, label, rows, columns, [.. warped.Scores(shares, run.Cancellation).Chunk(across.Length)]);
    }

    /// <summary>The angle and the shifts of a cell.</summary>
    public WarpPoint At(int row, int column)
    {
        double Of(WarpAxis axis) =>
            Rows.Axis == axis ? Rows.Values[row] : Columns.Axis == axis ? Columns.Values[column] : 0;
        return new(Of(WarpAxis.Angle), Of(WarpAxis.Right), Of(WarpAxis.Down));
    }

    /// <summary>
    /// Writes a line of theta (degrees), tx, ty (pixels right and down), loss, margin, pred for every cell, below a line of these
    /// names.
    /// </summary>
    public void WriteCsv(TextWriter writer)
    {
        writer.Write("theta,tx,ty,loss,margin,pred\n");
        for (int row = 0; row < Cells.Count; row++)
        {
            for (int column = 0; column < Cells[row].Count; column++)
            {
                (WarpPoint at, WarpScore cell) = (At(row, column), Cells[row][column]);
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{at.Degrees},{at.Right},{at.Down},{cell.Loss},{cell.Margin},{cell.Prediction}\n"));
            }
        }
    }

    private T[][] Each<T>(Func<WarpScore, T> value) => [.. Cells.Select(row => (T[])[.. row.Select(value)])];
}
