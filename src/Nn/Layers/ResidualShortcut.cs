namespace MiniGrad.Nn.Layers;

/// <summary>
/// The way around a residual block: the input itself; or brought to the block's shape, by a 1 × 1 convolution and batch norm
/// (option B of He et al., arXiv:1512.03385), or by every second pixel and channels of zeros on both sides (option A: no weights).
/// </summary>
internal sealed class ResidualShortcut : Module
{
    private readonly int stride;
    private readonly int missing;
    private readonly Downsampling down;
    private readonly Conv2d? conv;
    private readonly BatchNorm? norm;

    /// <param name="p">The weights of the block.</param>
    /// <param name="projection">What the home calls the convolution and its norm; null for zeros in their place.</param>
    /// <param name="channels">The channels of the block's input.</param>
    /// <param name="filters">The channels of the block's output.</param>
    /// <param name="stride">The stride of the block.</param>
    /// <param name="down">How maps are made smaller.</param>
    public ResidualShortcut(Params p, string? projection, int channels, int filters, int stride, Downsampling down)
    {
        this.stride = stride;
        this.down = down;
        missing = filters - channels;
        if (projection is null || (stride == 1 && missing == 0)) return;
        p /= projection;
        conv = new(p / "0", channels, filters, 1, ConvOptions.Square(down.Stride(stride)), bias: false, rectified: true);
        norm = new(p / "1", filters);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        if (conv is not null) return conv.Forward(down.After(x, stride), pass, norm);
        if (stride == 1 && missing == 0) return x;
        x = down.After(x, stride);
        int step = down.Stride(stride);
        if (step > 1) x = x.Slice(2, 0, step: step).Slice(3, 0, step: step);
        return missing == 0 ? x : Ops.Concat([Zeros(missing / 2), x, Zeros(missing - missing / 2)], 1);

        Tensor Zeros(int channels) => Ops.Zeros([x.Shape[0], channels, x.Shape[2], x.Shape[3]], x.Type, x.Device);
    }
}
