namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Rotations about the centre and shifts of the image. A point is three numbers for each image, angle, shift to the right and
/// shift down, each as a share of its limit, so that the threat is the cube of L∞ radius 1. Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Degrees">The largest angle, counter-clockwise positive.</param>
/// <param name="Pixels">The largest shift in each direction.</param>
/// <param name="Border">What comes in from outside the image.</param>
public sealed record Warp(double Degrees, double Pixels, Border Border = Border.Zero) : Threat(1)
{
    /// <summary>The largest angle in degrees.</summary>
    public double Degrees { get; init => field = Checked(value, "degrees"); } = Checked(Degrees, "degrees");

    /// <summary>The largest shift in pixels.</summary>
    public double Pixels { get; init => field = Checked(value, "pixels"); } = Checked(Pixels, "pixels");

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
    public override Tensor Unchanged(Tensor clean) => Ops.Zeros([clean.Shape[0], 3], clean.Type, clean.Device);

    /// <summary>
    /// Pixel p of the result is the image at c + Rᵀ(p − c − t), bilinear, with c the centre, t the shift and R the rotation; the
    /// images [N, C, H, W] of points [N, 3].
    /// </summary>
    public override Tensor Render(Tensor clean, Tensor point)
    {
        Tensor Of(int k) => point.Take(1, new AxisRange(k, 1)).Reshape(-1);
        return clean.RotateShift(Of(0) * (Degrees * Math.PI / 180), Of(1) * Pixels, Of(2) * Pixels, Border);
    }

    /// <inheritdoc/>
    public override Threat Scaled(double share) => this with { Degrees = Degrees * share, Pixels = Pixels * share };

    /// <inheritdoc/>
    internal override IEnumerable<string> Cautions(Shape image)
    {
        int side = Math.Min(image[1], image[2]);
        if (Pixels >= side)
        {
            yield return FormattableString.Invariant($"warp: a shift of {Pixels} pixels can leave nothing of a side of {side}.");
        }
        if (Degrees > 180) yield return FormattableString.Invariant($"warp: {Degrees} degrees to both sides are more than a whole turn.");
    }

    /// <inheritdoc/>
    internal override WarpPoint? Move(Tensor point) => WarpPoint.Of(this, point.Cast(DType.F64).ToArray<double>());

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Warp({Degrees} degrees, {Pixels} pixels, {Border})");

    private static double Checked(double limit, string what)
    {
        if (!(limit >= 0 && double.IsFinite(limit))) Throw.Range($"threat: {limit} {what} must be finite and at least 0.");
        return limit;
    }
}
