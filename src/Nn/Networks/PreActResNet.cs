using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The pre-activation ResNet-18 for CIFAR (He et al., arXiv:1603.05027) with the names of kuangliu/pytorch-cifar, which,
/// unlike the paper, has no normalisation before the pool.
/// </summary>
internal sealed class PreActResNet : StandardNetwork
{
    private readonly Conv2d stem;
    private readonly List<(string Name, PreActBlock Block)> blocks = [];
    private readonly Linear head;

    /// <summary>The network with these weights.</summary>
    public PreActResNet(Params p, ModelSettings settings) : base(p, settings, [3, 32, 32], 10, Activation.Relu)
    {
        int channels = 64;
        stem = new(p / "conv1", Channels, channels, 3, ConvOptions.Square(pad: 1), bias: false, rectified: true);
        AddTap("stem");
        for (int stage = 0; stage < 4; stage++)
        {
            int width = 64 << stage;
            for (int i = 0; i < 2; i++)
            {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                blocks.Add((AddTap($"layer{stage + 1}.{i}"), new(p / $"layer{stage + 1}" / $"{i}",
                    "shortcut.0", channels, width, stride, Activation, Down)));
                channels = width;
            }
        }
        AddTap("pool");
        head = new(p / "linear", channels, ClassCount);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("stem", stem.Forward(x, pass), pass);
        foreach ((string name, PreActBlock block) in blocks) x = Tapped(name, block.Forward(x, pass), pass);
        return head.Forward(Tapped("pool", x.Mean([2, 3]), pass), pass);
    }
}
