using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>SqueezeNet 1.0 (Iandola et al., arXiv:1602.07360) with Caffe's names; its channels come as blue, green, red.</summary>
internal sealed class CaffeSqueezeNet : Network
{
    private static readonly int[] Squeezed = [16, 16, 32, 32, 48, 48, 64, 64];

    private readonly Conv2d stem;
    private readonly List<Fire> fires = [];
    private readonly Conv2d head;

    public CaffeSqueezeNet(Params p) : base(p)
    {
        stem = new(p / "conv1", 3, 96, 7, ConvOptions.Square(stride: 2));
        int channels = 96;
        for (int i = 0; i < Squeezed.Length; i++)
        {
            fires.Add(new(p, $"fire{i + 2}", channels, Squeezed[i]));
            channels = 8 * Squeezed[i];
        }
        head = new(p / "conv_final", channels, ClassCount, 1, ConvOptions.Square(pad: 1));
    }

    public override Shape InputShape => [3, 227, 227];

    public override int ClassCount => 1000;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Pool(stem.Forward(x.Flip(1), pass).Relu());
        for (int i = 0; i < fires.Count; i++)
        {
            x = fires[i].Forward(x, pass);
            if (i is 2 or 6) x = Pool(x);
        }
        return head.Forward(x, pass).Relu().Mean([2, 3]);
    }

    private static Tensor Pool(Tensor x) => x.MaxPool(3, stride: 2, ceilMode: true);

    private sealed class Fire(Params p, string name, int channels, int squeezed) : Module
    {
        private readonly Conv2d squeeze = new(p / $"{name}/conv1x1_1", channels, squeezed, 1);
        private readonly Conv2d expand1 = new(p / $"{name}/conv1x1_2", squeezed, 4 * squeezed, 1);
        private readonly Conv2d expand3 = new(p / $"{name}/conv3x3_2", squeezed, 4 * squeezed, 3, ConvOptions.Square(pad: 1));

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            x = squeeze.Forward(x, pass).Relu();
            return Ops.Concat([expand1.Forward(x, pass), expand3.Forward(x, pass)], 1).Relu();
        }
    }
}
