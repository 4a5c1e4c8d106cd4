using MiniGrad.Nn.Networks;

namespace MiniGrad.Nn.Layers;

/// <summary>The way around a residual block: the input itself, or brought to the block's shape as the plan says.</summary>
public sealed class ResidualShortcut : Module
{
    private readonly int stride;
    private readonly int missing;
    private readonly Downsampling down;
    private readonly Conv2d? conv;
    private readonly BatchNorm? norm;

    public ResidualShortcut(Params p, ResNetPlan plan, int channels, int filters, int stride, Downsampling down)
    {
        this.stride = stride;
        this.down = down;
        missing = filters - channels;
        if (plan.Shortcut == Shortcut.Padding || (stride == 1 && missing == 0)) return;
        p /= plan.ShortcutName;
        conv = new(p / "0", channels, filters, 1, ConvOptions.Square(down.Stride(stride)), bias: false, rectified: true);
        norm = new(p / "1", filters);
    }

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
