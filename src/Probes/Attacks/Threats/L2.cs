namespace MiniGrad.Probes.Attacks;

/// <summary>The ball of the Euclidean norm.</summary>
public sealed record L2(double Radius) : Threat(Radius)
{
    /// <inheritdoc/>
    public override double[] Distance(Tensor a, Tensor b) => (a - b).NormL2(Rows.Axes(a)).Cast(DType.F64).ToArray<double>();

    /// <inheritdoc/>
    public override Tensor Project(Tensor centre, Tensor x)
    {
        Tensor step = x - centre;
        Tensor length = step.NormL2(Rows.Axes(x), keepDims: true);
        Tensor outside = length > Radius;
        Tensor scale = Ops.Where(outside, Radius / length.Where(outside, 1), Ops.Like(x, 1));
        return centre + step * scale;
    }

    /// <inheritdoc/>
    // Scaled by the largest entry first, so that tiny gradients neither underflow nor need a guard that changes them.
    public override Tensor Steepest(Tensor gradient)
    {
        Tensor largest = gradient.NormLinf(Rows.Axes(gradient), keepDims: true);
        Tensor scaled = gradient / largest.Where(largest > 0, 1);
        Tensor length = scaled.NormL2(Rows.Axes(gradient), keepDims: true);
        return scaled / length.Where(length > 0, 1);
    }

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor centre, Rng[] rngs) => centre + Rows.Draw(centre, rngs, (rng, n) =>
    {
        double[] direction = rng.Normal(n);
        double length = Math.Sqrt(direction.Sum(v => v * v));
        double radius = Radius * Math.Pow(rng.At("radius").Uniform(), 1.0 / n);
        return Array.ConvertAll(direction, v => v * radius / length);
    });

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"L2({Radius})");
}
