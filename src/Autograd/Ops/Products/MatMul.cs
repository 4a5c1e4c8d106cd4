using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>Products of matrices [o, i, m, k] · [o, i, k, n], in any layout: heads of an attention are multiplied where they lie.</summary>
internal sealed class MatMul : BilinearOp
{
    public override string Name => "matmul";

    protected override Tensor Compute(Tensor a, Tensor b)
    {
        Tensor y = Tensor.Empty([a.Shape[0], a.Shape[1], a.Shape[2], b.Shape[3]], a.Type, a.Device);
        Backend.For(a.Device).MatMul(a.View, b.View, default, y.View);
        return y;
    }

    protected override Tensor AdjointLeft(Tensor u, Tensor b) => new MatMul().Apply(u, b.Transpose());

    protected override Tensor AdjointRight(Tensor a, Tensor u) => new MatMul().Apply(a.Transpose(), u);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>The matrix product over the last two axes; the axes before them broadcast.</summary>
        /// <exception cref="ArgumentException">A side has fewer than two axes, the inner sizes differ, or the axes before
        /// them do not broadcast.</exception>
        public Tensor MatMul(Tensor other)
        {
            Check.Float("matmul", x);
            Check.Alike("matmul", x, other);
            if (x.Rank < 2 || other.Rank < 2) Throw.Argument($"matmul: {x.Shape} @ {other.Shape}: both sides need two axes. Reshape them.");
            (int m, int k, int n) = (x.Shape[-2], x.Shape[-1], other.Shape[-1]);
            if (k != other.Shape[-2])
            {
                Throw.Argument(
                    $"matmul: inner sizes differ: {x.Shape} @ {other.Shape} ({k} vs {other.Shape[-2]}). Transpose or reshape one side.");
            }
            Shape items = Shape.Broadcast(new Shape(x.Shape.Sizes[..^2]), new Shape(other.Shape.Sizes[..^2]), "matmul");
            if (other.Rank == 2)
            {
                // One matrix for all items: their rows are rows of one product.
                int rows = checked((int)(items.Count * m));
                return new MatMul().Apply(x.Reshape(1, 1, rows, k), other.Reshape(1, 1, k, n)).Reshape(new Shape([.. items.Sizes, m, n]));
            }
            Tensor a = x.BroadcastTo(new Shape([.. items.Sizes, m, k]));
            Tensor b = other.BroadcastTo(new Shape([.. items.Sizes, k, n]));
            if (items.Rank == 2) return new MatMul().Apply(a, b);
            a = a.Reshape(1, (int)items.Count, m, k);
            b = b.Reshape(1, (int)items.Count, k, n);
            return new MatMul().Apply(a, b).Reshape(new Shape([.. items.Sizes, m, n]));
        }
    }
}
