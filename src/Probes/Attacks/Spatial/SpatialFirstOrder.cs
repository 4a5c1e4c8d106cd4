namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Projected gradient ascent over rotation and shift, the weak attack of its threat. Every point on the way counts.
/// Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Within">The rotations and shifts that are allowed; with a change of pixels these climb too, by the sign.</param>
/// <param name="Steps">Steps of one search.</param>
/// <param name="DegreesStep">Degrees of a step.</param>
/// <param name="PixelsStep">Pixels that a step shifts.</param>
/// <param name="Scaled">Whether steps are a fiftieth of the largest angle and a hundredth of the largest shift instead.</param>
/// <param name="Direction">Which way a step goes.</param>
/// <param name="RandomStart">Whether a search starts at a random point, or at the image.</param>
public sealed record SpatialFirstOrder(
    Threat Within, int Steps = 200, double DegreesStep = 0.6, double PixelsStep = 0.25, bool Scaled = false,
    FirstOrderDirection Direction = FirstOrderDirection.Sign, bool RandomStart = true) : BallAttack<FirstOrderState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Steps;

    private Warp Warp => Within is WarpLinf both ? both.Warp : (Warp)Within;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        WarpPoints.Check("spatial-first-order", Within);
        if (Steps < 0) Throw.Range($"spatial-first-order: {Steps} steps; at least 0 are needed.");
        if (!(DegreesStep > 0 && PixelsStep > 0 && double.IsFinite(DegreesStep) && double.IsFinite(PixelsStep)))
        {
            Throw.Range($"spatial-first-order: steps of {DegreesStep} degrees and {PixelsStep} pixels must be positive and finite.");
        }
    }

    /// <inheritdoc/>
    protected override FirstOrderState Start(SearchRows rows)
    {
        Tensor start = RandomStart ? rows.RandomStart() : rows.Unchanged();
        return new(start, null, WorstOfRows.None(rows, start));
    }

    /// <inheritdoc/>
    protected override FirstOrderState Step(SearchRows rows, FirstOrderState state)
    {
        (Tensor logits, _, Tensor gradient) = rows.Slope(state.Point);
        Tensor point = rows.Project(state.Point + Move(gradient));
        return new(point, null, Seen(rows, state, logits));
    }

    /// <summary>The highest loss on the way, where nothing was broken.</summary>
    protected override FirstOrderState Finish(SearchRows rows, FirstOrderState state)
    {
        WorstOfRows worst = Seen(rows, state, rows.Logits(state.Point));
        return new(worst.Points, worst.Logits, worst);
    }

    /// <inheritdoc/>
    protected override Tensor Found(FirstOrderState state) => state.Worst.Points;

    private static WorstOfRows Seen(SearchRows rows, FirstOrderState state, Tensor logits)
    {
        int[] owners = [.. Enumerable.Range(0, rows.Count)];
        return state.Worst.With(new Looked(rows, state.Point, logits, owners), owners, first: false, out _);
    }

    /// <summary>The step as shares of the limits [N, size of a point]; pixels go by the sign.</summary>
    private Tensor Move(Tensor gradient)
    {
        double degrees = Scaled ? 0.02 * Warp.Degrees : DegreesStep;
        double pixels = Scaled ? 0.01 * Warp.Pixels : PixelsStep;
        Tensor warp = FirstOrderStep.Step(gradient.Take(1, new AxisRange(0, WarpPoints.Size)), Warp, degrees, pixels, Direction);
        int rest = gradient.Shape[1] - WarpPoints.Size;
        if (rest == 0) return warp;
        Tensor change = gradient.Take(1, new AxisRange(WarpPoints.Size, rest)).Sign() * (2.5 / Math.Max(1, Steps));
        return Ops.Concat([warp, change], 1);
    }
}

/// <summary>Where an ascent over rotation and shift stands.</summary>
/// <param name="Point">The point.</param>
/// <param name="PointLogits">Its logits, once the search is over.</param>
/// <param name="Worst">The worst point so far.</param>
public readonly record struct FirstOrderState(Tensor Point, Tensor? PointLogits, WorstOfRows Worst) : IRowState<FirstOrderState>
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => PointLogits is null ? [Point, Worst.Points, Worst.Logits] : [Point, PointLogits];

    /// <inheritdoc/>
    public FirstOrderState Take(int[] rows) => new(Point.TakeIndices(0, rows), PointLogits?.TakeIndices(0, rows), Worst.Take(rows));
}
