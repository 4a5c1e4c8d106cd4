namespace MiniGrad.Nn.Layers;

/// <summary>Normalisation over the last axis. arXiv:1607.06450.</summary>
public sealed class LayerNorm(Params p, int size, double epsilon = 1e-5) : Module
{
    /// <summary>The factor of each component, [size].</summary>
    public Parameter Weight { get; } = p.Constant("weight", [size], 1);

    /// <summary>The shift of each component, [size].</summary>
    public Parameter Bias { get; } = p.Constant("bias", [size], 0);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) => x.LayerNorm(Weight.Value, Bias.Value, epsilon);
}
