using MiniGrad.Data;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;

namespace MiniGrad.Lab.Reproductions;

/// <summary>How rough the losses of the first images are over angle and shift to the right.</summary>
internal sealed record Roughness(Smoothness[] Images)
{
    public static Roughness Of(
        Classifier classifier, ImageDataSet data, Warp warp, SpatialPreset preset, Action<int, int> progress, RunContext run) =>
        new([.. Enumerable.Range(0, preset.Rough).Select(i =>
        {
            progress(i, preset.Rough);
            return Smoothness.Of(Landscape.Of(
                classifier, data.Images([i]), data.Labels[i], warp, LandscapePlane.AngleRight.At(preset.Resolution), run));
        })]);

    /// <summary>One number of every image.</summary>
    public double[] All(RoughnessMetric metric) => [.. Images.Select(image => metric switch
    {
        RoughnessMetric.GradientMean => image.GradientMean,
        RoughnessMetric.GradientDeviation => image.GradientDeviation,
        RoughnessMetric.TotalVariation => image.TotalVariation,
        RoughnessMetric.LocalMaxima => image.LocalMaxima,
        RoughnessMetric.RimMaxima => image.RimMaxima,
        _ => image.Frequency,
    })];
}

/// <summary>The numbers of a landscape.</summary>
internal enum RoughnessMetric
{
    GradientMean,
    GradientDeviation,
    TotalVariation,
    LocalMaxima,
    RimMaxima,
    Frequency,
}

/// <summary>From how many starts gradient ascent finds the worst of the grid, of the first images.</summary>
internal sealed record Basins(Basin[] Images)
{
    /// <summary>The shares of the starts.</summary>
    public double[] Shares => [.. Images.Select(image => image.Share)];

    public static Basins Of(
        Classifier classifier, ImageDataSet data, Warp warp, SpatialPreset preset, Action<int, int> progress, RunContext run) =>
        new([.. Enumerable.Range(0, preset.Basins).Select(i =>
        {
            progress(i, preset.Basins);
            return Basin.Of(classifier, data.Images([i]), data.Labels[i], warp, new Rng(run.Seed).At("basin").At(i), preset.Starts,
                new FirstOrderSettings(preset.Steps), run);
        })]);
}

/// <summary>Landscapes to look at, with a few paths of gradient ascent on each.</summary>
internal sealed record DrawnLandscapes(DrawnLandscape[] Images)
{
    private const int Paths = 3;

    public static DrawnLandscapes Of(
        Classifier classifier, ImageDataSet data, Warp warp, SpatialPreset preset, Action<int, int> progress, RunContext run) =>
        new([.. Enumerable.Range(0, preset.Drawn).Select(i =>
        {
            progress(i, preset.Drawn);
            Tensor image = data.Images([i]);
            Landscape landscape = Landscape.Of(
                classifier, image, data.Labels[i], warp, LandscapePlane.AngleRight.At(preset.Resolution), run);
            // Starts in the plane, the image itself first; ascent then leaves it, since it shifts down and up too.
            double[] starts = FirstOrderPaths.RandomStarts(Paths, new Rng(run.Seed).At("drawn").At(i)).ToArray<double>();
            for (int k = 0; k < starts.Length; k++) if (k < 3 || k % 3 == (int)WarpAxis.Down) starts[k] = 0;
            FirstOrderPath[] paths = FirstOrderPaths.Of(classifier, image, data.Labels[i], warp, Tensor.From(starts, [Paths, 3]),
                new FirstOrderSettings(preset.Steps), run);
            return new DrawnLandscape(i, data.Labels[i], landscape.Loss, landscape.Margin, landscape.Prediction,
                [.. paths.Select(DrawnPath.Of)]);
        })]);
}

/// <summary>The loss of one image over angle (rows) and shift to the right (columns).</summary>
internal sealed record DrawnLandscape(
    int Image, int Label, double[][] Loss, double[][] Margin, int[][] Prediction, DrawnPath[] Paths)
{
    /// <summary>As it was measured.</summary>
    public Landscape Of(Warp warp) => new(warp, Label, LandscapeAxis.Of(WarpAxis.Angle, warp, Loss.Length),
        LandscapeAxis.Of(WarpAxis.Right, warp, Loss[0].Length),
        [.. Loss.Select((row, r) => (IReadOnlyList<WarpScore>)
            [.. row.Select((loss, c) => new WarpScore(loss, Margin[r][c], Prediction[r][c]))])]);
}

/// <summary>Where gradient ascent went, step after step.</summary>
internal sealed record DrawnPath(double[] Degrees, double[] Right, double[] Down)
{
    public static DrawnPath Of(FirstOrderPath path) => new([.. path.Points.Select(p => p.Degrees)],
        [.. path.Points.Select(p => p.Right)], [.. path.Points.Select(p => p.Down)]);
}
