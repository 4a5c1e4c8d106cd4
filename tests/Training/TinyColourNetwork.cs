using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Training;

// The operation of this name is nearer to this namespace than the layer.
using BatchNorm = MiniGrad.Nn.Layers.BatchNorm;

/// <summary>A small network for 8 × 8 images of three channels, with a batch normalisation.</summary>
internal sealed class TinyColourNetwork(Params p) : Network(p)
{
    private readonly Conv2d conv = new(p / "conv", 3, 4, 3, ConvOptions.Square(stride: 2, pad: 1));
    private readonly BatchNorm norm = new(p / "norm", 4);
    private readonly Linear fc = new(p / "fc", 64, 10);

    public override Shape InputShape => [3, 8, 8];

    public override int ClassCount => 10;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null) =>
        fc.Forward(norm.Forward(conv.Forward(x, pass), pass).Relu().Flatten(), pass);
}
