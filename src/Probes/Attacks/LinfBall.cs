namespace MiniGrad.Probes.Attacks;

/// <summary>The ball of the maximum norm.</summary>
public sealed record LinfBall(double Radius) : Ball(Radius)
{
    public override double[] Distance(Tensor a, Tensor b) => (a - b).NormLinf(PerRow.Axes(a)).Cast(DType.F64).ToArray<double>();

    public override Tensor Project(Tensor centre, Tensor x) => x.Maximum(centre - Radius).Minimum(centre + Radius);

    public override Tensor Steepest(Tensor gradient) => gradient.Sign();

    public override Tensor RandomStart(Tensor centre, Rng[] rngs) => centre + PerRow.Uniform(centre, rngs, Radius);

    public override string ToString() => FormattableString.Invariant($"Linf({Radius})");
}
