using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>The two-layer network of the null-space study: 784-1000-10 by default, parameters <c>fc1 fc2</c>.</summary>
internal sealed class Mlp : StandardNetwork
{
    /// <summary>The network with these weights.</summary>
    public Mlp(Params p, ModelSettings settings, int hidden = 1000) : base(p, settings, [1, 28, 28], 10, Activation.Relu)
    {
        CheckNoBlur(settings);
        First = new(p / "fc1", checked((int)InputShape.Count), hidden);
        Second = new(p / "fc2", hidden, ClassCount);
        AddTap("fc1");
        AddTap("act1");
    }

    /// <summary>The layer from pixels to hidden units.</summary>
    public Linear First { get; }

    /// <summary>The layer from hidden units to logits.</summary>
    public Linear Second { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("fc1", First.Forward(x.Flatten(), pass), pass);
        return Second.Forward(Tapped("act1", Activation.Apply(x), pass), pass);
    }
}
