namespace MiniGrad.Nn;

/// <summary>
/// LeNet-5 as it is used today (after LeCun et al., Proc. IEEE 1998): two 5 × 5 convolutions of 6 and 16 filters, each
/// activated and pooled, and three linear layers. <c>lenet5</c> has ReLU and max pooling, <c>lenet5-tanh</c> tanh and
/// average pooling.
/// </summary>
public sealed class LeNet5(Params p, int classes = 10, Activation? activation = null, bool averagePool = false) : Network(p)
{
    private readonly Activation act = activation ?? Activation.Relu;
    private readonly Conv2d conv1 = new(p / "conv1", 1, 6, 5, ConvOptions.Square(pad: 2));
    private readonly Conv2d conv2 = new(p / "conv2", 6, 16, 5);
    private readonly Linear fc1 = new(p / "fc1", 400, 120);
    private readonly Linear fc2 = new(p / "fc2", 120, 84);
    private readonly Linear fc3 = new(p / "fc3", 84, classes);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => classes;

    public override bool IsPiecewiseLinear => act.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps { get; } = ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2"];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("conv1", act.Apply(conv1.Forward(x, pass)), pass);
        x = Tapped("pool1", Pool(x), pass);
        x = Tapped("conv2", act.Apply(conv2.Forward(x, pass)), pass);
        x = Tapped("pool2", Pool(x), pass);
        x = Tapped("fc1", act.Apply(fc1.Forward(x.Flatten(), pass)), pass);
        x = Tapped("fc2", act.Apply(fc2.Forward(x, pass)), pass);
        return fc3.Forward(x, pass);
    }

    private Tensor Pool(Tensor x) => averagePool ? x.AveragePool(2) : x.MaxPool(2);

    private static Tensor Tapped(string name, Tensor x, Pass? pass)
    {
        pass?.Tap?.Invoke(name, x);
        return x;
    }
}
