namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Rotation and shift together with a change of each pixel by at most ε. A point is the three numbers of the warp and one for each
/// pixel, as a share of ε, so that the threat is the cube of L∞ radius 1. Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Warp">The rotations and shifts.</param>
/// <param name="Epsilon">The largest change of a pixel.</param>
/// <param name="IsAfter">Whether pixels change after the image was turned and shifted; before, as in the public code, unless set.</param>
public sealed record WarpLinf(Warp Warp, double Epsilon, bool IsAfter = false) : Threat(1)
{
    /// <summary>The largest change of a pixel.</summary>
    public double Epsilon { get; init => field = Linf(value).Radius; } = Linf(Epsilon).Radius;

    /// <inheritdoc/>
    public override bool IsOfPixels => false;

    /// <inheritdoc/>
    public override double[] Distance(Tensor clean, Tensor point) => Rows.Linf(point).ToArray();

    /// <inheritdoc/>
    public override Tensor Project(Tensor clean, Tensor point) => point.Clamp(-1, 1);

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient) => gradient.Sign();

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs) => Rows.Uniform(Unchanged(clean), rngs, 1);

    /// <inheritdoc/>
    public override Tensor Unchanged(Tensor clean) =>
        Ops.Zeros([clean.Shape[0], checked((int)(WarpPoints.Size + clean.Count / clean.Shape[0]))], clean.Type, clean.Device);

    /// <summary>The images [N, C, H, W] of points [N, 3 + C · H · W]; pixels stay in [0, 1] before they are turned too.</summary>
    public override Tensor Render(Tensor clean, Tensor point)
    {
        Tensor warp = point.Take(1, new AxisRange(0, WarpPoints.Size));
        Tensor change = point.Take(1, new AxisRange(WarpPoints.Size, point.Shape[1] - WarpPoints.Size)).Reshape(clean.Shape) * Epsilon;
        return IsAfter ? Warp.Render(clean, warp) + change : Warp.Render((clean + change).Clamp(0, 1), warp);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Warp} and {Epsilon} a pixel {(IsAfter ? "after" : "before")}");

    /// <inheritdoc/>
    public override Threat Scaled(double share) => this with { Warp = (Warp)Warp.Scaled(share), Epsilon = Epsilon * share };

    /// <inheritdoc/>
    internal override IEnumerable<string> Cautions(Shape image) => Warp.Cautions(image);

    /// <inheritdoc/>
    internal override WarpPoint? Move(Tensor point) => Warp.Move(point);
}
