using System.Text.Json.Serialization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// CCAT: the label keeps λ = (1 − min(1, ‖δ‖∞/ε))^ρ of its target, ε the radius of the attack. Stutz et al., arXiv:1910.06259.
/// </summary>
/// <param name="Attack">What looks for confident wrong classes.</param>
/// <param name="Power">The exponent ρ.</param>
public sealed record CcatObjective([property: JsonConverter(typeof(AttackJson<BallAttack>))] BallAttack Attack, double Power = 10)
    : CalibratedObjective
{
    /// <inheritdoc/>
    public override string Name => "ccat";

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (!(Power >= 0 && double.IsFinite(Power))) Throw.Range($"recipe: the power {Power} of CCAT must be finite and at least 0.");
        if (Attack.Within is not Linf || Attack.Within.Radius == 0)
        {
            Throw.Argument($"recipe: CCAT measures attacks by their largest pixel, not within {Attack.Within}. Attack within Linf.");
        }
        Attack.Check();
    }

    /// <summary>λ of a largest difference and a radius.</summary>
    public double LabelShare(double largest, double radius) => Math.Pow(1 - Math.Min(1, largest / radius), Power);

    /// <inheritdoc/>
    protected override BallAttack AttackOf(TrainBatch batch) => Attack;

    /// <inheritdoc/>
    protected override double[] LabelShares(Tensor clean, Tensor attacked) =>
        Array.ConvertAll(Largest(clean, attacked), largest => LabelShare(largest, Attack.Within.Radius));
}
