namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What an attack did to one example. Distances are to the target for walks and to the clean image for all others; the
/// confidence is that of the source class, before and after, measured afresh on the output.
/// </summary>
public sealed record ExampleResult(
    int Index, ExampleStatus Status, bool Success, int SourceClass, int Prediction, double SourceConfidence, double Confidence,
    double DistanceL2, double DistanceLinf, double Rmse, double Ssim, int Iterations, int Forwards, int Gradients, string? Note = null)
{
    /// <summary>The perceptual distance, where one was measured.</summary>
    public double? Lpips { get; init; }

    /// <summary>
    /// The smallest distance, in the threat's own, at which the attack met the goal, within the radius or beyond; none where it never did
    /// or does not look for it.
    /// </summary>
    public double? Nearest { get; init; }

    /// <summary>How the output was turned and shifted, within threats that do so.</summary>
    public WarpPoint? Move { get; init; }

    /// <summary>The geometry of the boundary near the image, from attacks of minimal norm.</summary>
    public BoundaryGeometry? Boundary { get; init; }

    /// <summary>Whether averages over the run include this example.</summary>
    public bool Counts =>
        Status is not (ExampleStatus.SourceMisclassified or ExampleStatus.SameClass
            or ExampleStatus.NonFinite or ExampleStatus.Interrupted);
}
