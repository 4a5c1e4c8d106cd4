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

    /// <summary>
    /// The nearest point whose changed pixels lie in [0, 1]: outside of it a pixel would have no slope, and never come back.
    /// </summary>
    public override Tensor Project(Tensor clean, Tensor point)
    {
        Tensor warp = Numbers(point, 0, WarpPoints.Size).Clamp(-1, 1);
        Tensor share = Numbers(point, WarpPoints.Size, point.Shape[1] - WarpPoints.Size).Clamp(-1, 1).Reshape(clean.Shape);
        if (Epsilon > 0)
        {
            Tensor changed = IsAfter ? Warp.Render(clean, warp) : clean;
            share = (((changed + share * Epsilon).Clamp(0, 1) - changed) / Epsilon).Clamp(-1, 1);
        }
        return Ops.Concat([warp, share.Flatten()], 1);
    }

    /// <inheritdoc/>
    public override Tensor Steepest(Tensor gradient) => gradient.Sign();

    /// <inheritdoc/>
    public override Tensor RandomStart(Tensor clean, Rng[] rngs) => Rows.Uniform(Unchanged(clean), rngs, 1);

    /// <inheritdoc/>
    public override Tensor Unchanged(Tensor clean) =>
        Ops.Zeros([clean.Shape[0], checked((int)(WarpPoints.Size + clean.Count / clean.Shape[0]))], clean.Type, clean.Device);

    /// <summary>The images [N, C, H, W] of points [N, 3 + C · H · W].</summary>
    public override Tensor Render(Tensor clean, Tensor point)
    {
        Tensor warp = Numbers(point, 0, WarpPoints.Size);
        Tensor change = Numbers(point, WarpPoints.Size, point.Shape[1] - WarpPoints.Size).Reshape(clean.Shape) * Epsilon;
        return IsAfter ? Warp.Render(clean, warp) + change : Warp.Render(clean + change, warp);
    }

    private static Tensor Numbers(Tensor point, int first, int count) => point.Take(1, new AxisRange(first, count));

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
