namespace MiniGrad.Nn.Layers;

/// <summary>x Wᵀ + b with W [outputs, inputs]; fresh weights are uniform in ±1/√inputs, as in PyTorch.</summary>
public sealed class Linear(Params p, int inputs, int outputs) : Module
{
    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight { get; } = p.Uniform("weight", [outputs, inputs], 1 / Math.Sqrt(inputs));

    /// <summary>[outputs].</summary>
    public Parameter Bias { get; } = p.Uniform("bias", [outputs], 1 / Math.Sqrt(inputs));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) => x.Linear(Weight.Value, Bias.Value);

    /// <summary>act(x Wᵀ + b); a ReLU is part of the product.</summary>
    public Tensor Forward(Tensor x, Pass? pass, Activation act) =>
        ReferenceEquals(act, Activation.Relu) ? x.Linear(Weight.Value, Bias.Value, relu: true) : act.Apply(Forward(x, pass));
}
