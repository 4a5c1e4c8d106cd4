using System.Globalization;
using MiniGrad.Charts;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Probing;

/// <summary>The surfaces of a run of <see cref="LossLandscape"/> at its first images: heat maps, and tables beside the report.</summary>
internal static class LandscapeFigures
{
    /// <summary>How many images are shown.</summary>
    private const int Shown = 4;

    /// <summary>Measures the first images again, writes a landscape-N.csv of each, N its number in the data, and draws them.</summary>
    public static IReadOnlyList<IReportPart> Write(
        LossLandscape probe, Classifier classifier, ProbeImages input, RunFolder folder, Func<int, Rng> rng)
    {
        List<HeatMapPanel> panels = [];
        for (int k = 0; k < Math.Min(Shown, input.Count); k++)
        {
            Landscape landscape = probe.Of(classifier, input.One(k), input.Labels[k]);
            StringWriter table = new(CultureInfo.InvariantCulture);
            landscape.WriteCsv(table);
            string number = input.Indices[k].ToString(CultureInfo.InvariantCulture);
            OutputFile.WriteText(folder.File($"landscape-{number}.csv"), table.ToString());
            // Nothing to draw where a limit or the resolution leaves a line.
            if (landscape.Rows.Values.Count < 2 || landscape.Columns.Values.Count < 2) continue;
            FirstOrderPath? path = probe.FirstPath(classifier, input.One(k), input.Labels[k], rng(k));
            panels.Add(Panel($"image {number}, {input.ClassNames[input.Labels[k]]}", landscape, path));
        }
        return panels.Count == 0 ? [] : [new HeatMapFigure(
            "The loss (cross-entropy of the label) of the first images, turned and shifted.", "loss", panels, SharesColours: false,
            probe.Paths == 0 ? "" : "The line is the path of gradient ascent from a random start. It moves in the angle and in both "
                + "shifts: what is drawn is its shadow on the plane, so that its loss is not the colour below it.")];
    }

    /// <summary>A landscape as a panel, with the path of an ascent on it.</summary>
    public static HeatMapPanel Panel(string title, Landscape landscape, FirstOrderPath? path)
    {
        // A page's y axis points up, the shift down does not: rows from the last to the first show it as a shift up.
        bool turns = landscape.Rows.Axis == WarpAxis.Down;
        double[][] values = landscape.Loss;
        if (turns) Array.Reverse(values);
        HeatMapPath[] paths = path is null ? [] : [new("gradient ascent", [.. path.Points.Select(point =>
            (point[landscape.Columns.Axis], turns ? -point[landscape.Rows.Axis] : point[landscape.Rows.Axis]))])];
        return new(title, Axis(landscape.Columns, false), Axis(landscape.Rows, turns), values, paths);
    }

    private static ChartAxis Axis(LandscapeAxis axis, bool turns) => axis.Axis switch
    {
        WarpAxis.Angle => new("angle", "degrees", -axis.Limit, axis.Limit),
        WarpAxis.Right => new("shift right", "pixels", -axis.Limit, axis.Limit),
        _ => new(turns ? "shift up" : "shift down", "pixels", -axis.Limit, axis.Limit),
    };
}
