using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// All images within a perceptual distance. A step is of unit length in pixels along the gradient; the way back is a bisection
/// towards the clean image. Laidlaw et al., arXiv:2006.12655.
/// </summary>
/// <param name="Metric">The perceptual distance, a square as LPIPS gives it.</param>
/// <param name="Radius">Its largest value.</param>
public sealed record LpipsBall(Lpips Metric, double Radius) : Threat(Radius)
{
    /// <summary>Halvings of the way back; the last one changes less than a float can hold.</summary>
    private const int Halvings = 24;

    /// <summary>
    /// How far a random start goes towards a random image of [0, 1]: at the clean image itself the distance has no slope.
    /// </summary>
    private const double Noise = 0.01;

    internal override bool ProjectsInBox => true;

    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) => Metric.Of(clean, point);

    /// <summary>The farthest point on the segment from the clean image that a bisection finds within the radius.</summary>
    public override Tensor Project(Tensor clean, Tensor point)
    {
        double[] distance = Distance(clean, point);
        int[] outside = [.. Enumerable.Range(0, distance.Length).Where(i => !(distance[i] <= Radius))];
        if (outside.Length == 0) return point;
        Tensor from = clean.TakeIndices(0, outside);
        Tensor way = point.TakeIndices(0, outside) - from;
        (double[] low, double[] high) = (new double[outside.Length], [.. Enumerable.Repeat(1.0, outside.Length)]);
        for (int halving = 0; halving < Halvings; halving++)
        {
            double[] middle = [.. low.Zip(high, (a, b) => (a + b) / 2)];
            double[] there = Distance(from, from + way * Rows.Scale(middle, way));
            for (int i = 0; i < middle.Length; i++) (there[i] <= Radius ? low : high)[i] = middle[i];
        }
        return Rows.Put(from + way * Rows.Scale(low, way), outside, point);
    }

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient) => Threat.L2(1).Steepest(gradient);

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs) =>
        Project(clean, clean + (Rows.Uniform(clean, rngs, 0.5) + 0.5 - clean) * Noise);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Lpips({Radius})");
}
