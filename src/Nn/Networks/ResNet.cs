using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Residual networks (He et al., arXiv:1512.03385), as their plan says; global average
/// pooling makes any image size possible.
/// </summary>
internal sealed class ResNet : StandardNetwork
{
    private readonly ResNetPlan plan;
    private readonly Conv2d stem;
    private readonly BatchNorm stemNorm;
    private readonly List<(string Name, Module Block)> blocks = [];
    private readonly Linear head;

    /// <summary>The network of a plan with these weights.</summary>
    public ResNet(Params p, ResNetPlan plan, ModelSettings settings) : base(p, settings, plan.Image, plan.Classes, Activation.Relu)
    {
        this.plan = plan;
        int channels = plan.Widths[0];
        stem = new(p / "conv1", Channels, channels, plan.LargeStem ? 7 : 3,
            plan.LargeStem ? ConvOptions.Square(stride: 2, pad: 3) : ConvOptions.Square(pad: 1), bias: false, rectified: true);
        stemNorm = new(p / "bn1", channels);
        AddTap("stem");
        for (int stage = 0; stage < plan.Blocks.Length; stage++)
        {
            for (int i = 0; i < plan.Blocks[stage]; i++)
            {
                string name = AddTap($"layer{stage + 1}.{i}");
                int stride = stage > 0 && i == 0 ? 2 : 1;
                Params scope = p / $"layer{stage + 1}" / $"{i}";
                blocks.Add((name, plan.Bottleneck
                    ? new BottleneckBlock(scope, plan.Projection, channels,
                        plan.Widths[stage] * plan.InnerFactor, plan.Widths[stage], stride, Activation, Down)
                    : new ResidualBlock(scope, plan.Projection, channels, plan.Widths[stage], stride, Activation, Down)));
                channels = plan.Widths[stage] * (plan.Bottleneck ? BottleneckBlock.Expansion : 1);
            }
        }
        AddTap("pool");
        head = new(p / plan.HeadName, channels, ClassCount);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = stem.Forward(x, pass, stemNorm, Activation);
        if (plan.LargeStem) x = Down.MaxPool(x, kernel: 3, stride: 2, pad: 1);
        x = Tapped("stem", x, pass);
        foreach ((string name, Module block) in blocks) x = Tapped(name, block.Forward(x, pass), pass);
        return head.Forward(Tapped("pool", x.Mean([2, 3]), pass), pass);
    }
}
