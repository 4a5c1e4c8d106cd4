using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The small network of public work on provable and adversarial robustness: 16 and 32 filters of 4 × 4 with stride 2, then 100 units.
/// Weights are named by their position in a list that counts ReLUs and the flattening too, as PyTorch's Sequential has them.
/// </summary>
internal sealed class StridedConvNet : Network
{
    private const int Kernel = 4, Stride = 2, First = 16, Second = 32, Units = 100;

    private readonly Conv2d conv1;
    private readonly Conv2d conv2;
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>The network for images of one shape, with or without a border of zeros of one pixel around each map.</summary>
    public StridedConvNet(Params p, Shape image, int pad, int classes) : base(p)
    {
        (InputShape, ClassCount) = (image, classes);
        conv1 = new(p / "0", image[0], First, Kernel, ConvOptions.Square(Stride, pad));
        conv2 = new(p / "2", First, Second, Kernel, ConvOptions.Square(Stride, pad));
        int Half(int side) => (side + 2 * pad - Kernel) / Stride + 1;
        fc1 = new(p / "5", Second * Half(Half(image[1])) * Half(Half(image[2])), Units);
        fc2 = new(p / "7", Units, classes);
    }

    /// <inheritdoc/>
    public override Shape InputShape { get; }

    /// <inheritdoc/>
    public override int ClassCount { get; }

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps => ["conv1", "conv2", "fc1"];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("conv1", conv1.Forward(x, pass, null, Activation.Relu), pass);
        x = Tapped("conv2", conv2.Forward(x, pass, null, Activation.Relu), pass);
        x = Tapped("fc1", fc1.Forward(x.Flatten(), pass, Activation.Relu), pass);
        return fc2.Forward(x, pass);
    }

    private static Tensor Tapped(string name, Tensor x, Pass? pass)
    {
        pass?.Tap?.Invoke(name, x);
        return x;
    }
}
