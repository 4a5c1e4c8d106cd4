using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// LeNet-5 as it is used today (after LeCun et al., Proc. IEEE 1998): two 5 × 5 convolutions of 6 and 16 filters, each
/// activated and pooled, and three linear layers. <c>lenet5</c> has ReLU and max pooling, <c>lenet5-tanh</c> tanh and
/// average pooling.
/// </summary>
internal sealed class LeNet5 : StandardNetwork
{
    private readonly bool averagePool;
    private readonly Conv2d conv1;
    private readonly Conv2d conv2;
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly Linear fc3;

    /// <summary>The network with these weights.</summary>
    public LeNet5(Params p, ModelSettings settings, bool averagePool = false) : base(p, settings, [1, 28, 28], 10, Activation.Relu)
    {
        CheckSize(28, 28);
        this.averagePool = averagePool;
        conv1 = new(p / "conv1", Channels, 6, 5, ConvOptions.Square(pad: 2));
        conv2 = new(p / "conv2", 6, 16, 5);
        fc1 = new(p / "fc1", 400, 120);
        fc2 = new(p / "fc2", 120, 84);
        fc3 = new(p / "fc3", 84, ClassCount);
        foreach (string tap in (string[])["conv1", "pool1", "conv2", "pool2", "fc1", "fc2"]) AddTap(tap);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("conv1", conv1.Forward(x, pass, null, Activation), pass);
        x = Tapped("pool1", Pool(x), pass);
        x = Tapped("conv2", conv2.Forward(x, pass, null, Activation), pass);
        x = Tapped("pool2", Pool(x), pass);
        x = Tapped("fc1", fc1.Forward(x.Flatten(), pass, Activation), pass);
        x = Tapped("fc2", fc2.Forward(x, pass, Activation), pass);
        return fc3.Forward(x, pass);
    }

    private Tensor Pool(Tensor x) => averagePool ? Down.AveragePool(x, 2) : Down.MaxPool(x, kernel: 2, stride: 2);
}
