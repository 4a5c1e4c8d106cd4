namespace MiniGrad.Nn.Layers;

/// <summary>
/// A residual block of convolutions 1 × 1, 3 × 3 (which may stride, as in torchvision) and
/// 1 × 1, the last to four times the width.
/// </summary>
internal sealed class BottleneckBlock : Module
{
    /// <summary>Channels that come out over the width of the stage.</summary>
    public const int Expansion = 4;

    private readonly int stride;
    private readonly Activation act;
    private readonly Downsampling down;
    private readonly Conv2d conv1;
    private readonly BatchNorm norm1;
    private readonly Conv2d conv2;
    private readonly BatchNorm norm2;
    private readonly Conv2d conv3;
    private readonly BatchNorm norm3;
    private readonly ResidualShortcut shortcut;

    /// <param name="p">The weights of the block.</param>
    /// <param name="projection">See <see cref="ResidualShortcut"/>.</param>
    /// <param name="channels">The channels of the input.</param>
    /// <param name="inner">The channels between the convolutions.</param>
    /// <param name="width">The width of the stage: a quarter of the channels of the output.</param>
    /// <param name="stride">The stride of the second convolution.</param>
    /// <param name="act">The nonlinearity.</param>
    /// <param name="down">How maps are made smaller.</param>
    public BottleneckBlock(Params p, string? projection, int channels, int inner, int width, int stride, Activation act, Downsampling down)
    {
        this.stride = stride;
        this.act = act;
        this.down = down;
        conv1 = new(p / "conv1", channels, inner, 1, bias: false, rectified: true);
        norm1 = new(p / "bn1", inner);
        conv2 = new(p / "conv2", inner, inner, 3, ConvOptions.Square(down.Stride(stride), pad: 1), bias: false, rectified: true);
        norm2 = new(p / "bn2", inner);
        conv3 = new(p / "conv3", inner, width * Expansion, 1, bias: false, rectified: true);
        norm3 = new(p / "bn3", width * Expansion);
        shortcut = new(p, projection, channels, width * Expansion, stride, down);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor y = conv1.Forward(x, pass, norm1, act);
        y = down.After(conv2.Forward(y, pass, norm2, act), stride);
        return conv3.Forward(y, pass, norm3, act, shortcut.Forward(x, pass));
    }
}
