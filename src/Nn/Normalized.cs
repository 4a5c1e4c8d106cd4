namespace MiniGrad.Nn;

/// <summary>
/// A network behind its normalisation: pixels in [0, 1] become (pixel − mean)/std per channel, and gradients flow through.
/// </summary>
public sealed class Normalized : Network
{
    private readonly Network inner;
    private readonly Tensor mean;
    private readonly Tensor std;

    /// <summary>The network behind a mean and a standard deviation for each channel.</summary>
    /// <exception cref="ArgumentException">There are not as many of both as channels, or a deviation is not positive.</exception>
    public Normalized(Network inner, double[] mean, double[] std, DType type = DType.F32) : base(inner)
    {
        int channels = inner.InputShape[0];
        if (mean.Length != channels || std.Length != channels || std.Any(s => !(s > 0)))
        {
            Throw.Argument($"normalisation: {mean.Length} means and {std.Length} standard deviations for {channels} channels; "
                + "give one positive deviation per channel.");
        }
        this.inner = inner;
        this.mean = Tensor.From(mean, [1, channels, 1, 1]).Cast(type).To(inner.Device);
        this.std = Tensor.From(std, [1, channels, 1, 1]).Cast(type).To(inner.Device);
    }

    /// <inheritdoc/>
    public override Shape InputShape => inner.InputShape;

    /// <inheritdoc/>
    public override int ClassCount => inner.ClassCount;

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => inner.IsPiecewiseLinear;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps => inner.Taps;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) => inner.Forward((x - mean) / std, pass);
}
