using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// From how many places gradient ascent finds the worst of a grid: the share of random starts, uniform within the limits, whose path
/// has a point with a loss of at least 99 % of the largest loss on a grid of 31 angles by 5 shifts to the right by 5 shifts down.
/// </summary>
/// <param name="Starts">Random starts.</param>
/// <param name="Reached">Those whose path reaches as high.</param>
/// <param name="GridMaximum">The largest loss on the grid.</param>
/// <param name="PathMaximum">The largest loss on the paths; it may lie above the grid's, whose points are apart.</param>
/// <param name="StallShare">The share of all steps at which the gradient was exactly zero; NaN without steps.</param>
public sealed record Basin(int Starts, int Reached, double GridMaximum, double PathMaximum, double StallShare)
{
    private const double High = 0.99;
    private const int Angles = 31;
    private const int Shifts = 5;

    /// <summary>The share that reaches as high.</summary>
    public double Share => (double)Reached / Starts;

    /// <summary>The basin of an image [1, C, H, W]: 775 forward passes, and so many starts times so many steps of ascent.</summary>
    /// <param name="classifier">The network, or a formula.</param>
    /// <param name="image">One image within the classifier's pixel box.</param>
    /// <param name="label">The class whose loss is raised.</param>
    /// <param name="warp">The rotations and shifts.</param>
    /// <param name="rng">Random numbers of the starts.</param>
    /// <param name="starts">How many starts.</param>
    /// <param name="settings">Steps; 200 of 0.6 degrees and 0.25 pixels by the sign by default.</param>
    /// <param name="run">Cancellation, and how many images are rendered together.</param>
    /// <exception cref="ArgumentException">The image does not fit the classifier, or a logit or derivative is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label does not exist, or a setting makes no sense.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Basin Of(
        Classifier classifier, Tensor image, int label, Warp warp, Rng rng, int starts = 100,
        FirstOrderSettings? settings = null, RunContext? run = null)
    {
        if (starts < 1) Throw.Range($"basin: {starts} starts; at least 1 is needed, better 100.");
        settings ??= new FirstOrderSettings();
        run ??= new RunContext();
        WarpedImage warped = new(classifier, image, label, warp, run, "basin");
        double top = warped.Scores(Grid(warp), run.Cancellation).Max(score => score.Loss);
        FirstOrderPath[] paths =
            FirstOrderPaths.Of(classifier, image, label, warp, FirstOrderPaths.RandomStarts(starts, rng), settings, run);
        double[] reached = Array.ConvertAll(paths, path => path.LargestLoss);
        return new(starts, reached.Count(loss => loss >= High * top), top, reached.Max(),
            (double)paths.Sum(path => path.Stalls) / ((long)starts * settings.Steps));
    }

    private static double[] Grid(Warp warp) =>
        [.. SpatialGrid.Grid(warp.Degrees > 0 ? Angles : 1, warp.Pixels > 0 ? Shifts : 1).SelectMany(point => point)];
}
