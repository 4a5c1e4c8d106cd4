namespace MiniGrad.Nn.Layers;

/// <summary>
/// A residual block that normalises and activates before its convolutions of 3 × 3; where the shape changes, the
/// shortcut is a 1 × 1 convolution of the activated input. He et al., arXiv:1603.05027.
/// </summary>
internal sealed class PreActBlock : Module
{
    private readonly int stride;
    private readonly Activation act;
    private readonly Downsampling down;
    private readonly BatchNorm norm1;
    private readonly Conv2d conv1;
    private readonly BatchNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? shortcut;

    /// <param name="shortcutName">What the home calls the shortcut's convolution.</param>
    public PreActBlock(Params p, string shortcutName, int channels, int width, int stride, Activation act, Downsampling down)
    {
        this.stride = stride;
        this.act = act;
        this.down = down;
        norm1 = new(p / "bn1", channels);
        conv1 = new(p / "conv1", channels, width, 3, ConvOptions.Square(down.Stride(stride), pad: 1), bias: false, rectified: true);
        norm2 = new(p / "bn2", width);
        conv2 = new(p / "conv2", width, width, 3, ConvOptions.Square(pad: 1), bias: false, rectified: true);
        if (stride == 1 && channels == width) return;
        shortcut = new(p / shortcutName, channels, width, 1, ConvOptions.Square(down.Stride(stride)), bias: false, rectified: true);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor activated = norm1.Forward(x, pass, act);
        Tensor around = shortcut?.Forward(down.After(activated, stride), pass) ?? x;
        Tensor y = down.After(conv1.Forward(activated, pass, norm2, act), stride);
        return conv2.Forward(y, pass, null, residual: around);
    }
}
