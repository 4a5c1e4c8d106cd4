using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>
/// MobileNetV1 (Howard et al., arXiv:1704.04861) of width 1/4 as Keras has it: each channel convolved on its own, then
/// mixed by 1 × 1; where a layer strides, Keras pads below and to the right only.
/// </summary>
internal sealed class MobileNet : Network
{
    private static readonly int[] Widths = [16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];

    private readonly List<Step> steps = [];
    private readonly Conv2d head;

    public MobileNet(Params p) : base(p)
    {
        int channels = 8;
        steps.Add(new(p, "conv1", 3, channels, kernel: 3, stride: 2));
        for (int i = 1; i <= Widths.Length; i++)
        {
            steps.Add(new(p, $"conv_dw_{i}", channels, channels, kernel: 3, stride: i is 2 or 4 or 6 or 12 ? 2 : 1, groups: channels));
            steps.Add(new(p, $"conv_pw_{i}", channels, Widths[i - 1], kernel: 1, stride: 1));
            channels = Widths[i - 1];
        }
        head = new(p / "conv_preds", channels, ClassCount, 1);
    }

    public override Shape InputShape => [3, 224, 224];

    public override int ClassCount => 1000;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        foreach (Step step in steps) x = step.Forward(x, pass);
        return head.Forward(x.Mean([2, 3], keepDims: true), pass).Flatten();
    }

    private sealed class Step(Params p, string name, int channels, int filters, int kernel, int stride, int groups = 1) : Module
    {
        private readonly Conv2d conv = new(
            p / name, channels, filters, kernel,
            ConvOptions.Square(stride, pad: stride == 1 ? kernel / 2 : 0, groups: groups), bias: false);

        private readonly BatchNorm norm = new(p / $"{name}_bn", filters, epsilon: 0.001);

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            if (stride == 2) x = x.PadZero(top: 0, bottom: 1, left: 0, right: 1);
            return norm.Forward(conv.Forward(x, pass), pass).Clamp(0, 6);
        }
    }
}
