namespace MiniGrad.Nn;

/// <summary>The two-layer network of the null-space study: 784-1000-10 by default, parameters <c>fc1 fc2</c>.</summary>
public sealed class Mlp(Params p, int classes = 10, Activation? activation = null, int hidden = 1000) : Network(p)
{
    private readonly Activation act = activation ?? Activation.Relu;

    public Linear First { get; } = new(p / "fc1", 784, hidden);

    public Linear Second { get; } = new(p / "fc2", hidden, classes);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => classes;

    public override bool IsPiecewiseLinear => act.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps { get; } = ["fc1", "act1"];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        Tensor hiddenUnits = First.Forward(x.Flatten(), pass);
        pass?.Tap?.Invoke("fc1", hiddenUnits);
        hiddenUnits = act.Apply(hiddenUnits);
        pass?.Tap?.Invoke("act1", hiddenUnits);
        return Second.Forward(hiddenUnits, pass);
    }
}
