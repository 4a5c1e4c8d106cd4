namespace MiniGrad;

/// <summary>
/// Attention of packed rows [N, tokens, 3, heads, d]: queries, keys and values are views of the input, the result lands as
/// [N, tokens, heads · d], and the three cotangents side by side again, without a copy.
/// </summary>
internal sealed class SelfAttention(int heads, Tensor probabilities) : Op
{
    public override string Name => "self-attention";

    public static Tensor Of(Tensor x, int heads)
    {
        x = x.Contiguous();
        Tensor y = Tensor.Empty(x.Shape.With(2, x.Shape[2] / 3), x.Type, x.Device);
        View packed = Packed(x, heads);
        Tensor? probabilities = AttentionHeads.Forward(At(packed, 0), At(packed, 1),
            At(packed, 2), Heads(y, heads), x.Origin is not null && !Recording.IsPaused);
        return probabilities is null ? y : Record(new SelfAttention(heads, probabilities), [x], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        Tensor x = node.Inputs[0];
        if (!Recording.IsPaused)
        {
            (Tensor q, Tensor k, Tensor v) = Split(x);
            Tensor slope = g.Reshape(g.Shape[0], g.Shape[1], heads, -1).Permute(0, 2, 1, 3);
            Tensor?[] parts = AttentionHeads.Vjp(q, k, v, slope, new Needs(uint.MaxValue));
            return [Ops.Stack([.. parts.Select(part => part!)], 0).Permute(1, 3, 0, 2, 4).Reshape(x.Shape)];
        }
        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        (View from, View to) = (Packed(x, heads), Packed(dx, heads));
        AttentionHeads.Adjoint(At(from, 0), At(from, 1), At(from, 2), probabilities,
            Heads(g.Contiguous(), heads), At(to, 0), At(to, 1), At(to, 2));
        return [dx];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor q, Tensor k, Tensor v) = Split(node.Inputs[0]);
        (Tensor dq, Tensor dk, Tensor dv) = Split(tangents[0]!);
        return AttentionHeads.Jvp(q, k, v, dq, dk, dv, probabilities)!.Permute(0, 2, 1, 3).Reshape(node.Output.Shape);
    }

    /// <summary>Queries, keys and values as [N, heads, tokens, d].</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Split(Tensor x)
    {
        Tensor parts = x.Reshape(x.Shape[0], x.Shape[1], 3, heads, -1).Permute(2, 0, 3, 1, 4);
        return (parts.At(0, 0), parts.At(0, 1), parts.At(0, 2));
    }

    /// <summary>The three of them as a view [3, N, heads, tokens, d].</summary>
    private static View Packed(Tensor x, int heads)
    {
        x.Layout.TryReshape([x.Shape[0], x.Shape[1], 3, heads, x.Shape[2] / 3 / heads], out Layout layout);
        return new(x.Storage, layout.Permute([2, 0, 3, 1, 4]));
    }

    private static View Heads(Tensor y, int heads)
    {
        y.Layout.TryReshape([y.Shape[0], y.Shape[1], heads, y.Shape[2] / heads], out Layout layout);
        return new(y.Storage, layout.Permute([0, 2, 1, 3]));
    }

    private static View At(View packed, int which)
    {
        packed.Layout.Slice(0, which, 1).TryReshape(packed.Shape.Without(0), out Layout layout);
        return new(packed.Storage, layout);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// Attention of tokens to themselves in several heads. x [N, tokens, 3 · width] holds queries, keys and values, each
        /// head by head; the result is [N, tokens, width].
        /// </summary>
        /// <exception cref="ArgumentException">x has not three axes, or its last one is no multiple of 3 · heads.</exception>
        public Tensor SelfAttention(int heads)
        {
            CheckRows("self-attention", x);
            Check.Rank("self-attention", "queries, keys and values", x, 3);
            if (heads < 1 || x.Shape[2] % (3 * heads) != 0)
            {
                Throw.Argument($"self-attention: {x.Shape} does not divide into queries, keys and values of {heads} heads: "
                    + $"the last axis must be a multiple of {3 * heads}.");
            }
            return MiniGrad.SelfAttention.Of(x, heads);
        }
    }
}
