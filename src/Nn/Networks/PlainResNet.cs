using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Small residual networks without batch normalisation, as verifiers like them: a strided convolution, one or two stages of two
/// blocks, each of which halves the sides, and 100 units. ResNet2B and ResNet4B of alpha-beta-CROWN, with its names
/// (Wang et al., arXiv:2103.06624).
/// </summary>
internal sealed class PlainResNet : StandardNetwork
{
    private const int Units = 100;

    private readonly Conv2d stem;
    private readonly List<(string Name, Block Block)> blocks = [];
    private readonly Linear linear1;
    private readonly Linear linear2;

    /// <param name="p">The weights.</param>
    /// <param name="width">The channels of the first convolution; blocks have twice as many.</param>
    /// <param name="stages">Pairs of blocks.</param>
    /// <param name="settings">The user's choices.</param>
    public PlainResNet(Params p, int width, int stages, ModelSettings settings) : base(p, settings, [3, 32, 32], 10, Activation.Relu)
    {
        int channels = width;
        stem = new(p / "conv1", Channels, channels, 3, ConvOptions.Square(stride: 2, pad: 1), rectified: true);
        AddTap("stem");
        int sides = 2;
        for (int stage = 1; stage <= stages; stage++, sides *= 2)
        {
            for (int i = 0; i < 2; i++)
            {
                string name = AddTap($"layer{stage}.{i}");
                blocks.Add((name, new(p / $"layer{stage}" / $"{i}", channels, 2 * width, stride: 2 - i, Activation, Down)));
                channels = 2 * width;
            }
        }
        int Small(int side) => (side + sides - 1) / sides;
        linear1 = new(p / "linear1", channels * Small(InputShape[1]) * Small(InputShape[2]), Units);
        AddTap("linear1");
        linear2 = new(p / "linear2", Units, ClassCount);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("stem", stem.Forward(x, pass, null, Activation), pass);
        foreach ((string name, Block block) in blocks) x = Tapped(name, block.Forward(x, pass), pass);
        return linear2.Forward(Tapped("linear1", linear1.Forward(x.Flatten(), pass, Activation), pass), pass);
    }

    /// <summary>x ↦ a(conv(a(conv x)) + shortcut(x)); where the block strides, the shortcut is a 1 × 1 convolution.</summary>
    private sealed class Block(Params p, int channels, int width, int stride, Activation act, Downsampling down) : Module
    {
        private readonly Conv2d conv1 =
            new(p / "conv1", channels, width, 3, ConvOptions.Square(down.Stride(stride), pad: 1), rectified: true);
        private readonly Conv2d conv2 = new(p / "conv2", width, width, 3, ConvOptions.Square(pad: 1), rectified: true);
        private readonly Conv2d? shortcut = stride == 1 ? null
            : new(p / "shortcut.0", channels, width, 1, ConvOptions.Square(down.Stride(stride)), rectified: true);

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            Tensor around = shortcut is null ? x : shortcut.Forward(down.After(x, stride), pass);
            return conv2.Forward(down.After(conv1.Forward(x, pass, null, act), stride), pass, null, act, around);
        }
    }
}
