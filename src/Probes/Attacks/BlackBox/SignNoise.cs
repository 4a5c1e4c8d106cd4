namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Random corners: every pixel up or down by the same amount, the largest that the ball allows, and clipped into the box. A yardstick
/// for attacks without gradients.
/// </summary>
/// <param name="Within">An L∞, L2 or L1 ball.</param>
/// <param name="Draws">Points that are tried.</param>
public sealed record SignNoise(Threat Within, int Draws = 10) : BallAttack<PointState>(Within)
{
    /// <inheritdoc/>
    protected override int Iterations => Draws;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Draws < 1) Throw.Range($"noise-sign: {Draws} draws; at least 1 is needed.");
        if (!BoxProjection.Knows(Within))
        {
            Throw.Argument($"noise-sign: {Within} is no ball of L-infinity, L2 or L1. Write --threat linf:0.3.");
        }
    }

    /// <inheritdoc/>
    protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

    /// <inheritdoc/>
    protected override PointState Step(SearchRows rows, PointState state) => new(rows.Project(rows.Images
        + Rows.Draw(rows.Images, rows.RngsAt(rows.Iteration), (rng, n) =>
        {
            uint[] bits = new uint[n];
            rng.Bits(bits);
            double amount = Within.Radius / (Within is L2 ? Math.Sqrt(n) : Within is L1 ? n : 1);
            return Array.ConvertAll(bits, word => word >> 31 == 0 ? amount : -amount);
        })));
}
