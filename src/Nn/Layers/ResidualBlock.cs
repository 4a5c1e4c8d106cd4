namespace MiniGrad.Nn.Layers;

/// <summary>x ↦ a(norm(conv(a(norm(conv x)))) + shortcut(x)) with convolutions of 3 × 3, the first of which may stride.</summary>
internal sealed class ResidualBlock : Module
{
    private readonly int stride;
    private readonly Activation act;
    private readonly Downsampling down;
    private readonly Conv2d conv1;
    private readonly BatchNorm norm1;
    private readonly Conv2d conv2;
    private readonly BatchNorm norm2;
    private readonly ResidualShortcut shortcut;

    /// <param name="p">The weights of the block.</param>
    /// <param name="projection">See <see cref="ResidualShortcut"/>.</param>
    /// <param name="channels">The channels of the input.</param>
    /// <param name="width">The channels of the output.</param>
    /// <param name="stride">The stride of the first convolution.</param>
    /// <param name="act">The nonlinearity.</param>
    /// <param name="down">How maps are made smaller.</param>
    public ResidualBlock(Params p, string? projection, int channels, int width, int stride, Activation act, Downsampling down)
    {
        this.stride = stride;
        this.act = act;
        this.down = down;
        conv1 = new(p / "conv1", channels, width, 3, ConvOptions.Square(down.Stride(stride), pad: 1), bias: false, rectified: true);
        norm1 = new(p / "bn1", width);
        conv2 = new(p / "conv2", width, width, 3, ConvOptions.Square(pad: 1), bias: false, rectified: true);
        norm2 = new(p / "bn2", width);
        shortcut = new(p, projection, channels, width, stride, down);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor y = down.After(conv1.Forward(x, pass, norm1, act), stride);
        return conv2.Forward(y, pass, norm2, act, shortcut.Forward(x, pass));
    }
}
