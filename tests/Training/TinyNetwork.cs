using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Training;

// The operation of this name is nearer to this namespace than the layer.
using BatchNorm = MiniGrad.Nn.Layers.BatchNorm;

/// <summary>
/// A convolution, with or without batch normalisation, an activation, a pool and a linear
/// layer, for 3 × 8 × 8; counts its passes.
/// </summary>
internal sealed class TinyNetwork(Params p, Activation act, bool normalizes = false) : Network(p)
{
    private readonly Conv2d conv = new(p / "conv", 3, 4, 3, ConvOptions.Square(pad: 1), bias: !normalizes);
    private readonly BatchNorm? norm = normalizes ? new(p / "norm", 4) : null;
    private readonly Linear fc = new(p / "fc", 64, 5);

    public int Passes { get; private set; }

    public override Shape InputShape => [3, 8, 8];

    public override int ClassCount => 5;

    public override bool IsPiecewiseLinear => act.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Passes++;
        return fc.Forward(conv.Forward(x, pass, norm, act).MaxPool(2).Flatten(), pass);
    }
}
