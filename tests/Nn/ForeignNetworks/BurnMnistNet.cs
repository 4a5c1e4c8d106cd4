using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>
/// The MNIST network of burn's PyTorch example: three 3 × 3 convolutions, batch
/// normalisation before and after two linear layers.
/// </summary>
internal sealed class BurnMnistNet(Params p) : Network(p)
{
    private readonly Conv2d conv1 = new(p / "conv1", 1, 8, 3);
    private readonly Conv2d conv2 = new(p / "conv2", 8, 16, 3);
    private readonly Conv2d conv3 = new(p / "conv3", 16, 24, 3);
    private readonly BatchNorm norm1 = new(p / "norm1", 24);
    private readonly Linear fc1 = new(p / "fc1", 24 * 22 * 22, 32);
    private readonly Linear fc2 = new(p / "fc2", 32, 10);
    private readonly BatchNorm norm2 = new(p / "norm2", 10);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => 10;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        foreach (Conv2d conv in (Conv2d[])[conv1, conv2, conv3]) x = conv.Forward(x, pass).Relu();
        x = norm1.Forward(x, pass).Flatten();
        return norm2.Forward(fc2.Forward(fc1.Forward(x, pass).Relu(), pass), pass);
    }
}
