using System.Text.Json.Serialization;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// TRADES: the cross-entropy on clean images, and β times the divergence KL(p(x) ‖ p(x′)) to attacked ones, means over the batch;
/// both outputs are differentiated. Zhang et al., arXiv:1901.08573.
/// </summary>
/// <param name="Attack">What looks for x′.</param>
/// <param name="Beta">The weight β of the divergence.</param>
public sealed record TradesObjective([property: JsonConverter(typeof(AttackJson<BallAttack>))] BallAttack Attack, double Beta = 6)
    : Objective
{
    /// <inheritdoc/>
    public override string Name => "trades";

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Beta >= 0 && double.IsFinite(Beta))) Throw.Range($"recipe: the weight {Beta} of TRADES must be finite and at least 0.");
        Attack.Check();
    }

    /// <inheritdoc/>
    public override TrainBatch Prepare(Network network, TrainBatch batch) => batch with
    {
        Attacked = Attack.Perturb(new Classifier(network), batch.Images, Goal.Untargeted(batch.Labels), batch.Pass.Rng.At("attack")),
        AttackSteps = Attack.StepCount() * batch.Count,
    };

    /// <inheritdoc/>
    public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch)
    {
        Tensor attacked = batch.Attacked ?? throw new InvalidOperationException("trades: the batch was not prepared.");
        // One pass for both, so that batch normalisation sees what the update is made of.
        Tensor both = network.Forward(Ops.Concat([batch.Images, attacked], 0), batch.Pass);
        Tensor logits = both.Slice(0, 0, batch.Count);
        Tensor divergence = DivergencePgd.Divergence(logits.LogSoftmax(1), both.Slice(0, batch.Count)).Mean();
        return (logits.CrossEntropy(batch.Labels) + divergence * Beta, logits);
    }
}
