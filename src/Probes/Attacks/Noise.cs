namespace MiniGrad.Probes.Attacks;

/// <summary>Random points of the threat: the weakest attack there is, and the yardstick for all others.</summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Draws">Points that are tried.</param>
public sealed record Noise(Threat Within, int Draws = 10) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Draws;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Draws < 1) Throw.Range($"noise: {Draws} draws; at least 1 is needed.");
    }

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state) => new(rows.RandomStart(rows.RngsAt(rows.Iteration)));
}
