using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>The planes of <see cref="LandscapePlane"/> by name.</summary>
public enum LandscapeKind
{
    /// <summary>Angle and shift to the right.</summary>
    AngleRight,

    /// <summary>Angle and shift down.</summary>
    AngleDown,

    /// <summary>Both shifts.</summary>
    Shifts,

    /// <summary>31 angles by 5 shifts to the right, whatever the resolution: the cheap one.</summary>
    Coarse,
}

/// <summary>
/// How rough the loss is around images over a plane of rotations and shifts, and from how many random starts gradient ascent finds the
/// worst of them.
/// </summary>
/// <param name="Plane">The plane.</param>
/// <param name="Resolution">Values along each axis.</param>
/// <param name="Degrees">The largest angle.</param>
/// <param name="Pixels">The largest shift.</param>
/// <param name="Paths">Random starts of gradient ascent; none are walked where it is 0.</param>
/// <param name="Steps">Steps of each.</param>
public sealed record LossLandscape(
    LandscapeKind Plane = LandscapeKind.AngleRight, int Resolution = 61, double Degrees = 30, double Pixels = 3,
    int Paths = 10, int Steps = 200) : Probe<LossLandscape.Row>
{
    /// <summary>What is found at an image.</summary>
    /// <param name="Loss">The loss of the image as it is.</param>
    /// <param name="LargestLoss">The largest loss on the plane.</param>
    /// <param name="GradMean">The mean length of the gradient.</param>
    /// <param name="GradStd">The deviation of that length.</param>
    /// <param name="Tv">The mean absolute difference of neighbours.</param>
    /// <param name="LocalMax">Local maxima inside.</param>
    /// <param name="RimMax">Local maxima on the rim.</param>
    /// <param name="Frequency">The strongest frequency along a shift in cycles per pixel.</param>
    /// <param name="Basin">The share of the starts that find the worst; NaN without starts.</param>
    public sealed record Row(
        double Loss, double LargestLoss, double GradMean, double GradStd, double Tv, int LocalMax, int RimMax,
        double Frequency, double Basin);

    /// <summary>The rotations and shifts.</summary>
    internal Warp Warp => new(Degrees, Pixels);

    private FirstOrderSettings Ascent => new(Steps);

    /// <inheritdoc/>
    public override void Check(Classifier classifier)
    {
        _ = Warp;
        Grid.Check();
        if (Paths < 0) Throw.Range($"landscape: {Paths} paths; at least 0 are needed.");
        Ascent.Check();
    }

    /// <inheritdoc/>
    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        Check(classifier);
        Landscape landscape = Of(classifier, image, label);
        Smoothness smooth = Smoothness.Of(landscape);
        double clean = WarpScore.Of(classifier.Logits(image).Cast(DType.F64).ToArray<double>(), label).Loss;
        double basin = Paths == 0 ? double.NaN : Basin.Of(classifier, image, label, Warp, rng, Paths, Ascent).Share;
        return new(clean, landscape.Loss.Max(row => row.Max()), smooth.GradientMean, smooth.GradientDeviation, smooth.TotalVariation,
            smooth.LocalMaxima, smooth.RimMaxima, smooth.Frequency, basin);
    }

    /// <summary>The surface itself.</summary>
    internal Landscape Of(Classifier classifier, Tensor image, int label) => Landscape.Of(classifier, image, label, Warp, Grid);

    /// <summary>The path from the first of the random starts; none where no start is walked.</summary>
    internal FirstOrderPath? FirstPath(Classifier classifier, Tensor image, int label, Rng rng) => Paths == 0
        ? null
        : FirstOrderPaths.Of(classifier, image, label, Warp, FirstOrderPaths.RandomStarts(1, rng), Ascent)[0];

    private LandscapePlane Grid => Plane switch
    {
        LandscapeKind.AngleRight => LandscapePlane.AngleRight.At(Resolution),
        LandscapeKind.AngleDown => LandscapePlane.AngleDown.At(Resolution),
        LandscapeKind.Shifts => LandscapePlane.Shifts.At(Resolution),
        _ => LandscapePlane.Coarse,
    };
}
