using MiniGrad.Charts.Images;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Data;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The figures of the report.</summary>
internal static class SpatialFigures
{
    private const int Shown = 6;

    /// <summary>Losses below it have one colour.</summary>
    private const double Least = 1e-4;

    /// <summary>The rotations and shifts at which images that are right as they are were broken.</summary>
    public static ScatterChart Moves(SpatialResult result, SpatialOutcome network, string note)
    {
        Warp warp = result.Setting.Warp;
        return new($"{network.Subject.Title}: angle and length of the shift at which images were broken.",
            new("angle, counter-clockwise", "degrees", -warp.Degrees, warp.Degrees), new("shift", "pixels", 0),
            [.. ((SpatialMeasure[])[SpatialMeasure.WorstOf, SpatialMeasure.FirstOrder]).Select(m => (m, Moves: Broken(network, m)))
                .Where(s => s.Moves.Length > 0).Select(s => new PointSeries(SpatialSetting.TitleOf(s.m),
                    [.. s.Moves.Select(move => move.Degrees)], [.. s.Moves.Select(move => double.Hypot(move.Right, move.Down))]))],
            Note: note);
    }

    /// <summary>The first images that the worst of ten breaks, as they are and as they were turned.</summary>
    public static ImageRowsFigure Gallery(SpatialResult result, SpatialOutcome network)
    {
        ImageDataSet data = result.Setting.Data;
        ImageMove[] shown = [.. Broken(network, SpatialMeasure.WorstOf).Take(Shown)];
        return new($"{network.Subject.Title}: the first images that the worst of ten breaks, their class, and what they are taken for.",
            [.. shown.Select(move => $"image {ReportNumber.Integer(move.Image)}")],
            [
                new("as it is", [.. shown.Select(move =>
                    (Pictures.Of(data.Images([move.Image])), data.ClassNames[data.Labels[move.Image]]))]),
                new("moved", [.. shown.Select(move => (Pictures.Of(Turned(result.Setting.Warp, data.Images([move.Image]), move)),
                    $"{data.ClassNames[move.Prediction]}: {ReportNumber.Fixed(move.Degrees, 1)}°, {Way(move.Right, "right", "left")}, "
                    + Way(move.Down, "down", "up")))]),
            ]);
    }

    /// <summary>The loss of one image over angle and shift on several networks, one colour for one loss.</summary>
    public static HeatMapFigure Landscape(SpatialResult result, int image, IReadOnlyList<SpatialOutcome> networks)
    {
        Warp warp = result.Setting.Warp;
        ImageDataSet data = result.Setting.Data;
        string name = $"Image {ReportNumber.Integer(image)} ({data.ClassNames[data.Labels[image]]})";
        return new($"{name}: the cross-entropy over angle and shift to the right, as a power of ten.", "log10 of the cross-entropy",
            [.. networks.Select(n =>
            {
                DrawnLandscape drawn = n.Drawn!.Images[image];
                return new HeatMapPanel(n.Subject.Title, new("shift right", "pixels", -warp.Pixels, warp.Pixels),
                    new("angle", "degrees", -warp.Degrees, warp.Degrees),
                    [.. drawn.Loss.Select(row => Array.ConvertAll(row, loss => Math.Log10(Math.Max(Least, loss))))],
                    [.. drawn.Paths.Select((p, k) => new HeatMapPath(k == 0 ? "from the image" : "from a random point",
                        [.. p.Right.Zip(p.Degrees)]))]);
            })]);
    }

    /// <summary>Moves of images that were not wrong before.</summary>
    private static ImageMove[] Broken(SpatialOutcome network, SpatialMeasure measure)
    {
        HashSet<int> before = [.. network[SpatialMeasure.Natural].Wrong];
        return [.. network[measure].Moves.Where(move => !before.Contains(move.Image))];
    }

    private static Tensor Turned(Warp warp, Tensor image, ImageMove move) => warp.Render(image, Tensor.From(
        (float[])[(float)(move.Degrees / warp.Degrees), (float)(move.Right / warp.Pixels), (float)(move.Down / warp.Pixels)], [1, 3]));

    private static string Way(double pixels, string positive, string negative) =>
        $"{ReportNumber.Fixed(Math.Abs(pixels), 1)} px {(pixels < 0 ? negative : positive)}";
}
