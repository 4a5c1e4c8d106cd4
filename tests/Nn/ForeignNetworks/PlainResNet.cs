using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>
/// The small residual networks of alpha-beta-CROWN for CIFAR-10, without batch normalisation: 1 or 2 stages of two blocks.
/// </summary>
internal sealed class PlainResNet : Network
{
    private readonly Conv2d stem;
    private readonly List<Block> blocks = [];
    private readonly Linear linear1;
    private readonly Linear linear2;

    public PlainResNet(Params p, int width, int stages) : base(p)
    {
        stem = new(p / "conv1", 3, width, 3, ConvOptions.Square(stride: 2, pad: 1));
        for (int stage = 1; stage <= stages; stage++)
        {
            blocks.Add(new(p / $"layer{stage}.0", stage == 1 ? width : 2 * width, 2 * width, stride: 2));
            blocks.Add(new(p / $"layer{stage}.1", 2 * width, 2 * width, stride: 1));
        }
        int side = 16 >> stages;
        linear1 = new(p / "linear1", 2 * width * side * side, 100);
        linear2 = new(p / "linear2", 100, 10);
    }

    public override Shape InputShape => [3, 32, 32];

    public override int ClassCount => 10;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = stem.Forward(x, pass).Relu();
        foreach (Block block in blocks) x = block.Forward(x, pass);
        return linear2.Forward(linear1.Forward(x.Flatten(), pass).Relu(), pass);
    }

    private sealed class Block(Params p, int channels, int filters, int stride) : Module
    {
        private readonly Conv2d conv1 = new(p / "conv1", channels, filters, 3, ConvOptions.Square(stride, pad: 1));
        private readonly Conv2d conv2 = new(p / "conv2", filters, filters, 3, ConvOptions.Square(pad: 1));
        private readonly Conv2d? shortcut = stride == 1 ? null : new(p / "shortcut.0", channels, filters, 1, ConvOptions.Square(stride));

        public override Tensor Forward(Tensor x, Pass? pass = null) =>
            (conv2.Forward(conv1.Forward(x, pass).Relu(), pass) + (shortcut?.Forward(x, pass) ?? x)).Relu();
    }
}
