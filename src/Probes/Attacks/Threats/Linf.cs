namespace MiniGrad.Probes.Attacks;

/// <summary>The ball of the maximum norm.</summary>
public sealed record Linf(double Radius) : Threat(Radius)
{
    /// <inheritdoc/>
    public override double[] Distance(Tensor a, Tensor b) => (a - b).NormLinf(Rows.Axes(a)).Cast(DType.F64).ToArray<double>();

    /// <inheritdoc/>
    public override Tensor Project(Tensor centre, Tensor x) => x.Maximum(centre - Radius).Minimum(centre + Radius);

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient) => gradient.Sign();

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor centre, Rng[] rngs) => centre + Rows.Uniform(centre, rngs, Radius);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Linf({Radius})");
}
