namespace MiniGrad.Probes.Attacks;

/// <summary>Projected gradient descent. Madry et al., arXiv:1706.06083.</summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Steps">Steps of one search.</param>
/// <param name="StepSize">Length of a step; 2.5 · radius / steps by default.</param>
/// <param name="RandomStart">Whether a search starts at a random allowed point, or at the image.</param>
public sealed record Pgd(Threat Within, int Steps = 40, double? StepSize = null, bool RandomStart = true) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"pgd: {Steps} steps; at least 1 is needed.");
        if (StepSize is { } size && !(size > 0 && double.IsFinite(size)))
        {
            Throw.Range($"pgd: step size {size} must be positive and finite.");
        }
    }

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(RandomStart ? rows.RandomStart() : rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state)
    {
        Tensor gradient = rows.Gradient(state.Point);
        double step = StepSize ?? 2.5 * Within.Radius / Steps;
        return new(rows.Project(state.Point + Within.Steepest(gradient) * step));
    }
}
