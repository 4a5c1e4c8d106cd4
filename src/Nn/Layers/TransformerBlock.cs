namespace MiniGrad.Nn.Layers;

/// <summary>
/// x + attention(norm x), then x + mlp(norm x), with four times as many hidden units. Dosovitskiy et al., arXiv:2010.11929.
/// </summary>
internal sealed class TransformerBlock(Params p, int width, int heads, double epsilon, Activation act) : Module
{
    private readonly LayerNorm norm1 = new(p / "norm1", width, epsilon);
    private readonly SelfAttention attention = new(p / "attn", width, heads);
    private readonly LayerNorm norm2 = new(p / "norm2", width, epsilon);
    private readonly Linear fc1 = new(p / "mlp.fc1", width, 4 * width);
    private readonly Linear fc2 = new(p / "mlp.fc2", 4 * width, width);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        x += attention.Forward(norm1.Forward(x, pass), pass);
        return x + fc2.Forward(act.Apply(fc1.Forward(norm2.Forward(x, pass), pass)), pass);
    }
}
