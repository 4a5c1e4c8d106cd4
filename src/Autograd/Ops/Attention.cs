namespace MiniGrad;

public static partial class Ops
{
    /// <summary>softmax(Q Kᵀ/√d + mask) V over [..., tokens, d]. Vaswani et al., arXiv:1706.03762.</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null)
    {
        Tensor scores = query.MatMul(key.Transpose()) * (1 / Math.Sqrt(query.Shape[-1]));
        if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(value);
    }
}
