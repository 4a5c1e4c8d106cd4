namespace MiniGrad.Nn;

/// <summary>The MNIST network of the robustness literature (Madry et al., arXiv:1706.06083): 32 and 64 filters of 5 × 5, then 1024 units.</summary>
public sealed class LeNetMadry(Params p, int classes = 10, Activation? activation = null) : Network(p)
{
    private readonly Activation act = activation ?? Activation.Relu;
    private readonly Conv2d conv1 = new(p / "conv1", 1, 32, 5, ConvOptions.Square(pad: 2));
    private readonly Conv2d conv2 = new(p / "conv2", 32, 64, 5, ConvOptions.Square(pad: 2));
    private readonly Linear fc1 = new(p / "fc1", 3136, 1024);
    private readonly Linear fc2 = new(p / "fc2", 1024, classes);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => classes;

    public override bool IsPiecewiseLinear => act.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps { get; } = ["pool1", "pool2", "fc1"];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = act.Apply(conv1.Forward(x, pass)).MaxPool(2);
        pass?.Tap?.Invoke("pool1", x);
        x = act.Apply(conv2.Forward(x, pass)).MaxPool(2);
        pass?.Tap?.Invoke("pool2", x);
        x = act.Apply(fc1.Forward(x.Flatten(), pass));
        pass?.Tap?.Invoke("fc1", x);
        return fc2.Forward(x, pass);
    }
}
