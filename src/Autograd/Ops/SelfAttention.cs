using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>
/// softmax(Q Kᵀ/√d) V for every head of packed rows [N, tokens, 3, heads, d]: queries, keys and values are views of the
/// input, the result lands as [N, tokens, heads · d]. Vaswani et al., arXiv:1706.03762. Image by image, so that the
/// scores of one stay in the cache; the probabilities are kept only when a derivative may be asked for.
/// </summary>
internal sealed class SelfAttention(int heads, Tensor? probabilities) : Op
{
    public override string Name => "self-attention";

    public static Tensor Of(Tensor x, int heads)
    {
        x = x.Contiguous();
        (int n, int tokens, int width) = (x.Shape[0], x.Shape[1], x.Shape[2] / 3);
        Tensor y = Tensor.Empty([n, tokens, width], x.Type, x.Device);
        bool keep = x.Origin is not null && !Recording.IsPaused;
        Tensor scores = Tensor.Empty([keep ? n : Math.Min(n, 1), heads, tokens, tokens], x.Type, x.Device);
        Backend backend = Backend.For(x.Device);
        (View[] parts, View result) = (Parts(x, heads), Heads(y, heads));
        double scale = Scale(width, heads);
        for (int image = 0; image < n; image++)
        {
            View p = At(scores.View, keep ? image : 0);
            backend.MatMul(At(parts[0], image), Turned(At(parts[1], image)), p);
            backend.Softmax(scale, p, p);
            Multiply(backend, p, At(parts[2], image), At(result, image));
        }
        return Record(new SelfAttention(heads, keep ? scores : null), [x], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        Tensor x = node.Inputs[0];
        if (Recording.IsPaused) return [Adjoint(x, probabilities!, g.Contiguous())];
        (Tensor q, Tensor k, Tensor v) = Split(x);
        double scale = Scale(g.Shape[2], heads);
        Tensor p = SoftmaxRows.Of(scale, q.MatMul(k.Transpose()));
        Tensor slope = g.Reshape(g.Shape[0], g.Shape[1], heads, -1).Permute(0, 2, 1, 3);
        Tensor ds = SoftmaxRowsAdjoint.Of(scale, p, slope.MatMul(v.Transpose()));
        Tensor packed = Ops.Stack([ds.MatMul(k), ds.Transpose().MatMul(q), p.Transpose().MatMul(slope)], 0);
        return [packed.Permute(1, 3, 0, 2, 4).Reshape(x.Shape)];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor q, Tensor k, Tensor v) = Split(node.Inputs[0]);
        (Tensor dq, Tensor dk, Tensor dv) = Split(tangents[0]!);
        double scale = Scale(node.Output.Shape[2], heads);
        Tensor p = Recording.IsPaused ? probabilities! : SoftmaxRows.Of(scale, q.MatMul(k.Transpose()));
        Tensor dp = SoftmaxRowsAdjoint.Of(scale, p, dq.MatMul(k.Transpose()) + q.MatMul(dk.Transpose()));
        return (dp.MatMul(v) + p.MatMul(dv)).Permute(0, 2, 1, 3).Reshape(node.Output.Shape);
    }

    /// <summary>The first order by kernels alone, written where the packed gradient wants it.</summary>
    private Tensor Adjoint(Tensor x, Tensor probabilities, Tensor g)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor slopes = Tensor.Empty(probabilities.Shape.With(0, Math.Min(1, x.Shape[0])), x.Type, x.Device);
        Backend backend = Backend.For(x.Device);
        (View[] parts, View[] results, View slope) = (Parts(x, heads), Parts(dx, heads), Heads(g, heads));
        double scale = Scale(g.Shape[2], heads);
        for (int image = 0; image < x.Shape[0]; image++)
        {
            (View p, View ds, View u) = (At(probabilities.View, image), At(slopes.View, 0), At(slope, image));
            backend.MatMul(u, Turned(At(parts[2], image)), ds);
            backend.SoftmaxAdjoint(scale, p, ds, ds);
            Multiply(backend, ds, At(parts[1], image), At(results[0], image));
            Multiply(backend, Turned(ds), At(parts[0], image), At(results[1], image));
            Multiply(backend, Turned(p), u, At(results[2], image));
        }
        return dx;
    }

    private static double Scale(int width, int heads) => 1 / Math.Sqrt(width / heads);

    /// <summary>Queries, keys and values as [N, heads, tokens, d].</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Split(Tensor x)
    {
        Tensor parts = x.Reshape(x.Shape[0], x.Shape[1], 3, heads, -1).Permute(2, 0, 3, 1, 4);
        return (parts.At(0, 0), parts.At(0, 1), parts.At(0, 2));
    }

    /// <summary>The same as views.</summary>
    private static View[] Parts(Tensor x, int heads)
    {
        x.Layout.TryReshape([x.Shape[0], x.Shape[1], 3, heads, x.Shape[2] / 3 / heads], out Layout layout);
        layout = layout.Permute([2, 0, 3, 1, 4]);
        return [At(new(x.Storage, layout), 0), At(new(x.Storage, layout), 1), At(new(x.Storage, layout), 2)];
    }

    private static View Heads(Tensor y, int heads)
    {
        y.Layout.TryReshape([y.Shape[0], y.Shape[1], heads, y.Shape[2] / heads], out Layout layout);
        return new(y.Storage, layout.Permute([0, 2, 1, 3]));
    }

    /// <summary>One position of the first axis, which disappears.</summary>
    private static View At(View x, int position)
    {
        x.Layout.Slice(0, position, 1).TryReshape(x.Shape.Without(0), out Layout layout);
        return new(x.Storage, layout);
    }

    private static View Turned(View x) => new(x.Storage, x.Layout.Permute([0, 2, 1]));

    /// <summary>y = a · c for a y of any strides; the kernel itself writes rows one after another.</summary>
    private static void Multiply(Backend backend, View a, View c, View y)
    {
        Tensor dense = Tensor.Empty(y.Shape, y.Type, y.Storage.Device);
        backend.MatMul(a, c, dense.View);
        backend.Copy(dense.View, y);
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
        public Tensor SelfAttention(int heads)
        {
            Check.Float("self-attention", x);
            Check.Rank("self-attention", "queries, keys and values", x, 3);
            if (heads < 1 || x.Shape[2] == 0 || x.Shape[2] % (3 * heads) != 0)
            {
                Throw.Argument($"self-attention: {x.Shape} does not divide into queries, keys and values of {heads} heads: the last axis must be a multiple of {3 * heads}.");
            }
            return MiniGrad.SelfAttention.Of(x, heads);
        }
    }
}
