namespace MiniGrad.Nn.Layers;

/// <summary>
/// Attention of [N, tokens, width] to itself in several heads; one product makes queries, keys and values. arXiv:1706.03762.
/// </summary>
public sealed class SelfAttention(Params p, int width, int heads) : Module
{
    private readonly Linear qkv = new(p / "qkv", width, 3 * width);
    private readonly Linear proj = new(p / "proj", width, width);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) => proj.Forward(qkv.Forward(x, pass).SelfAttention(heads), pass);
}
