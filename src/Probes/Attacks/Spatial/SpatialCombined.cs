namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Rotations and shifts, each with a projected gradient ascent in the pixels: for every candidate a search of its own in the frame of
/// the image that was not turned. To climb in all numbers at once use spatial-first-order on the same threat.
/// Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Within">Rotation, shift and change of pixels: <c>warp-linf:30deg,3px,8/255</c>.</param>
/// <param name="Draws">How many random rotations and shifts are tried.</param>
/// <param name="Steps">Steps in the pixels for each.</param>
/// <param name="StepSize">Length of a step in pixel values; 2.5 · ε / steps by default.</param>
/// <param name="Grid">Whether the grid of angles and shifts is tried in place of random draws.</param>
/// <param name="Angles">How many angles the grid has.</param>
/// <param name="Shifts">How many shifts along each axis it has.</param>
public sealed record SpatialCombined(
    Threat Within, int Draws = 10, int Steps = 5, double? StepSize = null, bool Grid = false, int Angles = 31, int Shifts = 5)
    : CandidateSearch(Within)
{
    /// <inheritdoc/>
    protected override int CandidateCount => Grid ? checked(Angles * Shifts * Shifts) : Draws;

    private WarpLinf Both => (WarpLinf)Within;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Within is not WarpLinf)
        {
            Throw.Argument(
                $"spatial-combined: {Within} is not both a warp and a change of pixels. Give --threat warp-linf:30deg,3px,8/255.");
        }
        if (Draws < 1 || Steps < 0)
        {
            Throw.Range($"spatial-combined: {Draws} draws and {Steps} steps; at least 1 draw and 0 steps are needed.");
        }
        SpatialGrid.CheckCounts("spatial-combined", Angles, Shifts);
        if (StepSize is { } size && !(size > 0 && double.IsFinite(size)))
        {
            Throw.Range($"spatial-combined: step size {size} must be positive and finite.");
        }
    }

    /// <inheritdoc/>
    protected override Tensor Candidates(SearchRows rows, int[] owners, int first, int count) => Grid
        ? WarpPoints.Repeat(rows, SpatialGrid.Grid(Angles, Shifts), owners, first, count)
        : Warps(WarpPoints.Drawn(rows, owners, first));

    internal override IEnumerable<string> Cautions(Classifier classifier) =>
        [.. base.Cautions(classifier), .. Grid ? SpatialGrid.CautionsOf(Angles, Shifts) : []];

    /// <inheritdoc/>
    protected override Tensor Worsen(SearchRows rows, Tensor points, int[] owners)
    {
        double share = Both.Epsilon == 0 ? 0 : (StepSize ?? 2.5 * Both.Epsilon / Math.Max(1, Steps)) / Both.Epsilon;
        Tensor images = rows.Images.TakeIndices(0, owners);
        for (int step = 0; step < Steps; step++)
        {
            Tensor gradient = rows.GradientOf(points, owners);
            points = Within.Project(images, points + Pixels(gradient).Sign() * share);
        }
        return points;
    }

    /// <summary>The numbers of the pixels alone; zero for rotation and shift.</summary>
    private static Tensor Pixels(Tensor points) => points - Warps(points);

    /// <summary>The numbers of rotation and shift alone; zero for the pixels.</summary>
    private static Tensor Warps(Tensor points)
    {
        double[] mask = new double[points.Shape[1]];
        mask.AsSpan(0, WarpPoints.Size).Fill(1);
        return points * Tensor.From(mask, [1, mask.Length], points.Device).Cast(points.Type);
    }
}
