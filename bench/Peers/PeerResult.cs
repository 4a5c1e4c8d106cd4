namespace MiniGrad.Bench.Peers;

/// <summary>One row, measured at one number of threads: medians of the seconds of one repetition, and of the ratios of the pairs.</summary>
/// <param name="Theirs">None where the peer is missing or could not do the job.</param>
/// <param name="Ratio">Their time over ours.</param>
/// <param name="Floor">The least seconds by the machine's own limits.</param>
internal sealed record PeerResult(PeerRow Row, int Threads, double Ours, double? Theirs, double? Ratio, double Floor)
{
    /// <summary>Of the floor; over 1 where an algorithm needs fewer operations than the direct one.</summary>
    public double Share => Floor / Ours;
}
