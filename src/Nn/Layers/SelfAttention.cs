namespace MiniGrad.Nn;

/// <summary>Attention of [N, tokens, width] to itself in several heads; one product makes queries, keys and values. arXiv:1706.03762.</summary>
public sealed class SelfAttention(Params p, int width, int heads) : Module
{
    private readonly Linear qkv = new(p / "qkv", width, 3 * width);
    private readonly Linear proj = new(p / "proj", width, width);

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        (int n, int tokens) = (x.Shape[0], x.Shape[1]);
        Tensor all = qkv.Forward(x, pass).Reshape(n, tokens, 3, heads, width / heads).Permute(2, 0, 3, 1, 4);
        Tensor y = Ops.Attention(all.At(0, 0), all.At(0, 1), all.At(0, 2));
        return proj.Forward(y.Permute(0, 2, 1, 3).Reshape(n, tokens, width), pass);
    }
}
