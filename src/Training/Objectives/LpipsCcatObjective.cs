using System.Text.Json.Serialization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// LPIPS-CCAT: CCAT whose radius is drawn anew for each batch, and whose target follows what the eye sees of an attack: with
/// q = LPIPS(x, x + δ) and e = ‖δ‖∞ · ε/(q + 10⁻⁶) the label keeps λ = σ(ρ(e − ‖δ‖∞)), as the released code of the null-space
/// study; where nothing changed, all.
/// </summary>
/// <param name="Attack">What looks for confident wrong classes; its radius is replaced.</param>
/// <param name="LeastRadius">The smallest radius in L∞.</param>
/// <param name="MostRadius">The largest.</param>
/// <param name="Bound">The distance ε at which half of the target is left.</param>
/// <param name="Rho">The steepness ρ.</param>
/// <param name="Sharp">Whether λ = σ(5 (1 − q/ε)) instead, which leaves nothing to images that look different.</param>
public sealed record LpipsCcatObjective(
    [property: JsonConverter(typeof(AttackJson<PgdConf>))] PgdConf Attack, double LeastRadius = 4.0 / 255, double MostRadius = 12.0 / 255,
    double Bound = 0.03, double Rho = 100, bool Sharp = false) : CalibratedObjective
{
    private const double SharpRho = 5;

    /// <inheritdoc/>
    public override string Name => "lpips-ccat";

    /// <summary>The name of the perceptual distance, which decides the outcome too.</summary>
    public string Metric { get; init; } = "squeeze";

    /// <summary>The hash of its weights, once they were read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MetricSha256 { get; init; }

    /// <summary>The squared perceptual distance of each pair of images [N, …]; a training cannot do without.</summary>
    [JsonIgnore]
    public Func<Tensor, Tensor, double[]>? Distance { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (!(LeastRadius > 0 && LeastRadius <= MostRadius && double.IsFinite(MostRadius)))
        {
            Throw.Range($"recipe: radii of LPIPS-CCAT from {LeastRadius} to {MostRadius}; give positive ones, the smaller first.");
        }
        if (!(Bound > 0 && double.IsFinite(Bound))) Throw.Range($"recipe: the LPIPS bound {Bound} must be positive and finite.");
        if (!(Rho >= 0 && double.IsFinite(Rho))) Throw.Range($"recipe: the steepness {Rho} of LPIPS-CCAT must be finite and at least 0.");
        Attack.Check();
    }

    /// <summary>λ of a largest difference of a pixel and a perceptual distance.</summary>
    public double LabelShare(double largest, double distance)
    {
        if (largest <= 1e-8) return 1;
        double argument = Sharp ? SharpRho * (1 - distance / Bound) : Rho * (largest * Bound / (distance + 1e-6) - largest);
        return 1 / (1 + Math.Exp(-Math.Clamp(argument, -40, 40)));
    }

    /// <inheritdoc/>
    protected override BallAttack AttackOf(TrainBatch batch)
    {
        double radius = LeastRadius + (MostRadius - LeastRadius) * batch.Pass.Rng.At("radius").Uniform();
        return Attack with { Within = Threat.Linf(radius) };
    }

    /// <inheritdoc/>
    protected override double[] LabelShares(Tensor clean, Tensor attacked)
    {
        double[] distances =
            (Distance ?? throw new InvalidOperationException($"lpips-ccat: no distance {Metric} was given."))(clean, attacked);
        return [.. Largest(clean, attacked).Zip(distances, LabelShare)];
    }
}
