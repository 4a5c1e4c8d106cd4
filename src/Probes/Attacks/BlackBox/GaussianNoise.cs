namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Normal noise, the same on average in every direction: each draw is scaled to the norm that the ball allows, so that none is weaker
/// than it could be, and then clipped into the box.
/// </summary>
/// <param name="Within">An L∞, L2 or L1 ball.</param>
/// <param name="Draws">Points that are tried.</param>
public sealed record GaussianNoise(Threat Within, int Draws = 10) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Draws;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Draws < 1) Throw.Range($"noise-gaussian: {Draws} draws; at least 1 is needed.");
        if (!BoxProjection.Knows(Within))
        {
            Throw.Argument($"noise-gaussian: {Within} is no ball of L-infinity, L2 or L1. Write --threat l2:0.5.");
        }
    }

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state) => new(rows.Project(rows.Images
        + Rows.Draw(rows.Images, rows.RngsAt(rows.Iteration), (rng, n) =>
        {
            double[] noise = rng.Normal(n);
            double scale = Within.Radius / BoxProjection.Length(Within, noise);
            return Array.ConvertAll(noise, value => value * scale);
        })));
}
