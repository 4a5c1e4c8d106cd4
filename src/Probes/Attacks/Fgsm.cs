namespace MiniGrad.Probes.Attacks;

/// <summary>One step of steepest ascent to the border of the threat. Goodfellow et al., arXiv:1412.6572; within L2 it is FGM.</summary>
/// <param name="Within">The changes that are allowed.</param>
public sealed record Fgsm(Threat Within) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => 1;

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state) =>
        new(rows.Project(state.Point + Within.Steepest(rows.Gradient(state.Point)) * Within.Radius));
}
