namespace MiniGrad.Nn.Layers;

/// <summary>SqueezeNet's module: few channels by 1 × 1, then many by 1 × 1 and by 3 × 3 side by side. arXiv:1602.07360.</summary>
internal sealed class Fire(Params p, int channels, int squeezed, int expanded, Activation act) : Module
{
    private readonly Conv2d squeeze = new(p / "squeeze", channels, squeezed, 1, rectified: true);
    private readonly Conv2d expand1 = new(p / "expand1x1", squeezed, expanded, 1, rectified: true);
    private readonly Conv2d expand3 = new(p / "expand3x3", squeezed, expanded, 3, ConvOptions.Square(pad: 1), rectified: true);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        x = squeeze.Forward(x, pass, null, act);
        return Ops.Concat([expand1.Forward(x, pass, null, act), expand3.Forward(x, pass, null, act)], 1);
    }
}
