using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>All images within a distance as LPIPS gives it. Zhang et al., arXiv:1801.03924.</summary>
/// <param name="Metric">The perceptual distance, a square; none until its weights are known, as in a threat that was only named.</param>
/// <param name="Radius">Its largest value.</param>
public sealed record LpipsBall(Lpips? Metric, double Radius) : PerceptualBall(Radius)
{
    /// <summary>The root, since LPIPS is a square.</summary>
    internal override double Bound => Math.Sqrt(Radius);

    private Lpips Known => Metric ?? throw new ArgumentException(
        $"lpips: {this} was named without the weights of LPIPS. Give --lpips-net, --lpips-backbone and --lpips-heads, or a Metric.");

    internal override Tensor Embed(Tensor images) => Known.Embed(images);

    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) => Known.Of(clean, point);

    /// <summary>The farthest point on the segment from the clean image that a bisection finds within the radius.</summary>
    public override Tensor Project(Tensor clean, Tensor point) => Shorten(
        clean, point, Radius, Halvings, (rows, x) => Distance(rows is null ? clean : clean.TakeIndices(0, rows), x));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Lpips({Radius})");
}
