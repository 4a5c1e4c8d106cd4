namespace MiniGrad.Probes.Attacks;

/// <summary>One random rotation and shift of each image: what a network meets in the world. Engstrom et al., arXiv:1712.02779.</summary>
/// <param name="Within">The rotations and shifts that are allowed.</param>
public sealed record SpatialRandom(Threat Within) : CandidateSearch(Within)
{
    /// <inheritdoc/>
    protected override int CandidateCount => 1;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        WarpPoints.Check("spatial-random", Within);
    }

    /// <inheritdoc/>
    protected override Tensor Candidates(SearchRows rows, int[] owners, int first, int count) => WarpPoints.Drawn(rows, owners, first);
}

/// <summary>
/// The worst of some random rotations and shifts, also the attack of worst-of-10 training. The draws are nested: those of a smaller
/// number are the first of a larger one. Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Within">The rotations and shifts that are allowed.</param>
/// <param name="Draws">How many are drawn for each image.</param>
public sealed record SpatialWorstOf(Threat Within, int Draws = 10) : CandidateSearch(Within)
{
    /// <inheritdoc/>
    protected override int CandidateCount => Draws;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Draws < 1) Throw.Range($"spatial-worst-of: {Draws} draws; at least 1 is needed.");
        WarpPoints.Check("spatial-worst-of", Within);
    }

    /// <inheritdoc/>
    protected override Tensor Candidates(SearchRows rows, int[] owners, int first, int count) => WarpPoints.Drawn(rows, owners, first);
}
