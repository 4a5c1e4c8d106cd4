using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// MobileNetV1 (Howard et al., arXiv:1704.04861) of width 1/4 with Keras' names: each channel convolved on its own, then mixed
/// by 1 × 1. Where a layer strides, Keras pads below and to the right only.
/// </summary>
internal sealed class MobileNet : StandardNetwork
{
    private const double Epsilon = 0.001;

    private static readonly Activation Relu6 = new("relu6", true, x => x.Clamp(0, 6));
    private static readonly int[] Widths = [16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];

    private readonly List<(string Name, Step Step)> steps = [];
    private readonly Conv2d head;

    /// <summary>The network with these weights.</summary>
    public MobileNet(Params p, ModelSettings settings) : base(p, settings, [3, 224, 224], 1000, Relu6)
    {
        // Five layers halve the sides, and the last of them needs two pixels.
        CheckSide(32);
        int channels = 8;
        Add("conv1", Channels, channels, kernel: 3, stride: 2);
        for (int i = 1; i <= Widths.Length; i++)
        {
            Add($"conv_dw_{i}", channels, channels, kernel: 3, stride: i is 2 or 4 or 6 or 12 ? 2 : 1, groups: channels);
            Add($"conv_pw_{i}", channels, Widths[i - 1], kernel: 1);
            channels = Widths[i - 1];
        }
        AddTap("pool");
        head = new(p / "conv_preds", channels, ClassCount, 1);

        void Add(string name, int inputs, int filters, int kernel, int stride = 1, int groups = 1) =>
            steps.Add((AddTap(name), new(p, name, inputs, filters, kernel, stride, groups, Activation, Down)));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        foreach ((string name, Step step) in steps) x = Tapped(name, step.Forward(x, pass), pass);
        return head.Forward(Tapped("pool", x.Mean([2, 3], keepDims: true), pass), pass).Flatten();
    }

    /// <summary>x ↦ a(norm(conv x)).</summary>
    private sealed class Step(
        Params p, string name, int channels, int filters, int kernel, int stride, int groups, Activation act, Downsampling down) : Module
    {
        private readonly Conv2d conv = new(p / name, channels, filters, kernel,
            ConvOptions.Square(down.Stride(stride), pad: stride == 1 ? kernel / 2 : 0, groups: groups), bias: false, rectified: true);

        private readonly BatchNorm norm = new(p / $"{name}_bn", filters, Epsilon);

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            if (stride == 2) x = x.PadZero(top: 0, bottom: 1, left: 0, right: 1);
            return down.After(conv.Forward(x, pass, norm, act), stride);
        }
    }
}
