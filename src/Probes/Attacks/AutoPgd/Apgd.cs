namespace MiniGrad.Probes.Attacks;

/// <summary>AutoPGD that raises the attack's loss: APGD-CE by default, APGD-DLR with <see cref="Loss.Dlr"/>.</summary>
/// <param name="Within">The changes that are allowed: a ball of L∞ or L2.</param>
/// <param name="Steps">Steps of one search.</param>
public record Apgd(Threat Within, int Steps = 100) : AutoPgd(Within, Steps)
{
    private protected override string Topic() => "apgd";
}
