namespace MiniGrad.Bench.Peers;

/// <summary>What is wanted of a run, and what it showed.</summary>
/// <param name="Measured">None where the run lacks the rows for it.</param>
internal sealed record PeerGoal(string Text, string Wanted, string? Measured, bool IsMet)
{
    public string Verdict => Measured is null ? "not measured" : IsMet ? "met" : "missed";
}
