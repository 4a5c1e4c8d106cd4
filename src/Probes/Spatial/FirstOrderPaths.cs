using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>How gradient ascent over angle and shifts goes.</summary>
/// <param name="Steps">How many steps.</param>
/// <param name="Degrees">The step of the angle.</param>
/// <param name="Pixels">The step of the shifts.</param>
/// <param name="Direction">Which way a step goes.</param>
public sealed record FirstOrderSettings(
    int Steps = 200, double Degrees = 0.6, double Pixels = 0.25, FirstOrderDirection Direction = FirstOrderDirection.Sign)
{
    /// <summary>Steps that are the same share of any limits: 2 % of the angle's, 1 % of the shifts'.</summary>
    public static FirstOrderSettings Scaled(Warp warp, int steps = 200) => new(steps, 0.02 * warp.Degrees, 0.01 * warp.Pixels);

    /// <summary>Throws unless the numbers make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Steps or a step size are negative, or a step size is not finite.</exception>
    public void Check()
    {
        if (Steps < 0) Throw.Range($"first-order: {Steps} steps; at least 0 are needed.");
        if (!(Degrees >= 0 && double.IsFinite(Degrees) && Pixels >= 0 && double.IsFinite(Pixels)))
        {
            Throw.Range($"first-order: steps of {Degrees} degrees and {Pixels} pixels must be finite and at least 0.");
        }
    }
}

/// <summary>One ascent from its start on.</summary>
/// <param name="Points">The start and where every step led.</param>
/// <param name="Scores">What the classifier makes of the image there.</param>
/// <param name="Stalls">Steps at which the gradient was exactly zero, so that nothing moved.</param>
public sealed record FirstOrderPath(IReadOnlyList<WarpPoint> Points, IReadOnlyList<WarpScore> Scores, int Stalls)
{
    /// <summary>The largest loss on the path: every point counts, not only the last.</summary>
    public double LargestLoss => Scores.Max(score => score.Loss);
}

/// <summary>
/// The paths of projected gradient ascent of the cross-entropy over angle and shifts, from many starts of one image at once: the
/// first-order attack of Engstrom et al., arXiv:1712.02779, in the landscape that it climbs.
/// </summary>
public static class FirstOrderPaths
{
    /// <summary>The paths from starts [S, 3], in their order. They have the same bits however many are walked together.</summary>
    /// <param name="classifier">The network, or a formula.</param>
    /// <param name="image">One image [1, C, H, W] within the classifier's pixel box.</param>
    /// <param name="label">The class whose loss is raised.</param>
    /// <param name="warp">The rotations and shifts.</param>
    /// <param name="starts">Angle, shift to the right, shift down as shares of the limits, in [-1, 1].</param>
    /// <param name="settings">Steps; 200 of 0.6 degrees and 0.25 pixels by the sign by default.</param>
    /// <param name="run">Cancellation, and how many starts are walked together.</param>
    /// <exception cref="ArgumentException">
    /// The image does not fit the classifier, starts are no points of the warp, or a logit or derivative is not finite; the message
    /// names the angle and the shift.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The label does not exist, or a setting makes no sense.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static FirstOrderPath[] Of(
        Classifier classifier, Tensor image, int label, Warp warp, Tensor starts,
        FirstOrderSettings? settings = null, RunContext? run = null)
    {
        settings ??= new FirstOrderSettings();
        settings.Check();
        run ??= new RunContext();
        if (starts.Rank != 2 || starts.Shape[1] != 3)
        {
            Throw.Argument($"first-order: starts have shape {starts.Shape}, expected [S, 3]: angle, right, down.");
        }
        double[] shares = starts.Detach().Cast(DType.F64).ToArray<double>();
        int outside = Array.FindIndex(shares, share => !(share is >= -1 and <= 1));
        if (outside >= 0)
        {
            Throw.Argument($"first-order: start {outside / 3} has the share {shares[outside]}, outside [-1, 1]. "
                + "Divide degrees and pixels by the limits.");
        }
        WarpedImage warped = new(classifier, image, label, warp, run, "first-order");
        List<FirstOrderPath> paths = [];
        foreach (double[] some in shares.Chunk(3 * warped.Together))
        {
            paths.AddRange(Walk(warped, image, warped.Points(some), warp, settings, run.Cancellation));
        }
        return [.. paths];
    }

    /// <summary>Uniform points of the limits as shares [count, 3], each from its own random numbers.</summary>
    public static Tensor RandomStarts(int count, Rng rng)
    {
        double[] shares = new double[3 * count];
        for (int i = 0; i < shares.Length; i++) shares[i] = 2 * rng.At(i / 3).At(i % 3).Uniform() - 1;
        return Tensor.From(shares, [count, 3]);
    }

    private static IEnumerable<FirstOrderPath> Walk(
        WarpedImage warped, Tensor image, Tensor points, Warp warp, FirstOrderSettings settings, CancellationToken cancellation)
    {
        int count = points.Shape[0];
        int[] stalls = new int[count];
        (WarpPoint[][] visited, WarpScore[][] scores) = (new WarpPoint[settings.Steps + 1][], new WarpScore[settings.Steps + 1][]);
        for (int step = 0; step <= settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] shares = points.Cast(DType.F64).ToArray<double>();
            visited[step] = [.. shares.Chunk(3).Select(point => WarpPoint.Of(warp, point))];
            if (step == settings.Steps)
            {
                scores[step] = warped.Scores(shares, cancellation);
                break;
            }
            points = Arena.Step(() =>
            {
                (scores[step], Tensor gradient) = warped.Slopes(points);
                using RowBuffer<double> largest = Rows.Linf(gradient);
                for (int i = 0; i < count; i++) stalls[i] += largest[i] == 0 ? 1 : 0;
                Tensor move = FirstOrderStep.Step(gradient, warp, settings.Degrees, settings.Pixels, settings.Direction);
                return warp.Project(image, points + move);
            }, next => [next]);
        }
        return Enumerable.Range(0, count).Select(i => new FirstOrderPath(
            [.. visited.Select(points => points[i])], [.. scores.Select(row => row[i])], stalls[i]));
    }
}
