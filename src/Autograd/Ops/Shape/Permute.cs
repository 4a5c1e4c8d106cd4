namespace MiniGrad;

/// <summary>Reorders the axes; a view.</summary>
internal sealed class Permute(int[] order) : LinearOp
{
    public override string Name => "permute";

    protected override Tensor Compute(Tensor x) => new(x.Storage, x.Layout.Permute(order));

    protected override Tensor Adjoint(Tensor u)
    {
        int[] back = new int[order.Length];
        for (int i = 0; i < order.Length; i++) back[order[i]] = i;
        return u.Permute(back);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>Axis i of the result is axis order[i] of x.</summary>
        public Tensor Permute(params int[] order)
        {
            int[] axes = new int[order.Length];
            for (int i = 0; i < axes.Length; i++) axes[i] = Shape.Axis(order[i], x.Rank);
            return new Permute(axes).Apply(x);
        }

        /// <summary>Swaps two axes; by default the last two.</summary>
        public Tensor Transpose(int first = -2, int second = -1)
        {
            int[] order = new int[x.Rank];
            for (int i = 0; i < order.Length; i++) order[i] = i;
            first = Shape.Axis(first, x.Rank);
            second = Shape.Axis(second, x.Rank);
            (order[first], order[second]) = (order[second], order[first]);
            return new Permute(order).Apply(x);
        }
    }
}
