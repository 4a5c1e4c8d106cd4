using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Wide ResNets for CIFAR (Zagoruyko and Komodakis, arXiv:1605.07146): 6n + 4 layers, widened 16-32-64 channels, with
/// RobustBench's names.
/// </summary>
internal sealed class WideResNet : StandardNetwork
{
    private readonly Conv2d stem;
    private readonly List<(string Name, PreActBlock Block)> blocks = [];
    private readonly BatchNorm norm;
    private readonly Linear head;

    /// <summary>The network of that many layers and that widening factor with these weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not 6n + 4 layers, or the factor is below 1.</exception>
    public WideResNet(Params p, int layers, int width, ModelSettings settings) : base(p, settings, [3, 32, 32], 10, Activation.Relu)
    {
        if (layers < 10 || (layers - 4) % 6 != 0 || width < 1)
        {
            Throw.Range($"wrn-{layers}-{width}: a wide ResNet has 6n + 4 layers (10, 16, 22, 28, 34, …) and a width of at least 1.");
        }
        int channels = 16;
        stem = new(p / "conv1", Channels, channels, 3, ConvOptions.Square(pad: 1), bias: false, rectified: true);
        AddTap("stem");
        for (int stage = 0; stage < 3; stage++)
        {
            int filters = (16 << stage) * width;
            for (int i = 0; i < (layers - 4) / 6; i++)
            {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                Params scope = p / $"block{stage + 1}" / "layer" / $"{i}";
                blocks.Add((AddTap($"block{stage + 1}.{i}"), new(scope, "convShortcut", channels, filters, stride, Activation, Down)));
                channels = filters;
            }
        }
        // TRADES' networks carry a copy of the first block that no forward pass uses.
        p.Ignore("sub_block1");
        norm = new(p / "bn1", channels);
        AddTap("pool");
        head = new(p / "fc", channels, ClassCount);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("stem", stem.Forward(x, pass), pass);
        foreach ((string name, PreActBlock block) in blocks) x = Tapped(name, block.Forward(x, pass), pass);
        x = norm.Forward(x, pass, Activation).Mean([2, 3]);
        return head.Forward(Tapped("pool", x, pass), pass);
    }
}
