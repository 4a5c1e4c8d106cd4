namespace MiniGrad.Probes.Attacks;

/// <summary>Steepest steps from the image itself, each followed by a projection. Kurakin et al., arXiv:1607.02533.</summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Steps">Steps from the image.</param>
/// <param name="StepSize">Length of a step; a quarter of the radius by default.</param>
public sealed record Bim(Threat Within, int Steps = 10, double? StepSize = null) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"bim: {Steps} steps; at least 1 is needed.");
        if (StepSize is { } size && !(size > 0 && double.IsFinite(size)))
        {
            Throw.Range($"bim: step size {size} must be positive and finite.");
        }
    }

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state) =>
        new(rows.Project(state.Point + Within.Steepest(rows.Gradient(state.Point)) * (StepSize ?? Within.Radius / 4)));
}
