namespace MiniGrad;

/// <summary>softmax(Q Kᵀ/√d) V of [N, heads, tokens, d]; inputs are query, key and value.</summary>
internal sealed class Attention(Tensor probabilities) : Op
{
    public override string Name => "attention";

    public static Tensor Of(Tensor query, Tensor key, Tensor value)
    {
        Tensor y = Tensor.Empty(query.Shape.With(3, value.Shape[3]), query.Type, query.Device);
        bool keep = !Recording.IsPaused && (query.Origin ?? key.Origin ?? value.Origin) is not null;
        Tensor? probabilities = AttentionHeads.Forward(query.View, key.View, value.View, y.View, keep);
        return probabilities is null ? y : Record(new Attention(probabilities), [query, key, value], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        (Tensor q, Tensor k, Tensor v) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        if (!Recording.IsPaused) return AttentionHeads.Vjp(q, k, v, g, needs);
        Tensor?[] parts = new Tensor?[3];
        for (int i = 0; i < parts.Length; i++)
        {
            if (needs[i]) parts[i] = Tensor.Empty(node.Inputs[i].Shape, g.Type, g.Device);
        }
        AttentionHeads.Adjoint(q.View, k.View, v.View, probabilities, g.View, parts[0]?.View, parts[1]?.View, parts[2]?.View);
        return parts;
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents) =>
        AttentionHeads.Jvp(node.Inputs[0], node.Inputs[1], node.Inputs[2], tangents[0], tangents[1], tangents[2], probabilities);
}

public static partial class Ops
{
    /// <summary>softmax(Q Kᵀ/√d + mask) V over [..., tokens, d]. Vaswani et al., arXiv:1706.03762.</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null)
    {
        if (mask is null && IsPlain(query, key, value))
        {
            Tensor y = MiniGrad.Attention.Of(Heads(query), Heads(key), Heads(value));
            return y.Reshape(query.Shape.With(-1, value.Shape[-1]));
        }
        Tensor scores = query.MatMul(key.Transpose()) * (1 / Math.Sqrt(query.Shape[-1]));
        if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(value);
    }

    /// <summary>Whether nothing is broadcast, missing or empty.</summary>
    private static bool IsPlain(Tensor q, Tensor k, Tensor v) =>
        q.Rank is >= 2 and <= 4 && k.Rank == q.Rank && v.Rank == q.Rank
        && q.Type.IsFloat() && k.Type == q.Type && v.Type == q.Type
        && ReferenceEquals(k.Device, q.Device) && ReferenceEquals(v.Device, q.Device)
        && k.Shape.With(-2, q.Shape[-2]) == q.Shape && v.Shape.With(-1, k.Shape[-1]) == k.Shape
        && q.Count > 0 && k.Count > 0 && v.Count > 0;

    private static Tensor Heads(Tensor x) => x.Rank switch
    {
        2 => x.Reshape(1, 1, x.Shape[0], x.Shape[1]),
        3 => x.Unsqueeze(0),
        _ => x,
    };
}
