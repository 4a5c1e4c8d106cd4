namespace MiniGrad;

/// <summary>Repeats axes of size 1; a view with stride 0. Its adjoint sums.</summary>
internal sealed class BroadcastTo(Shape from, Shape to) : LinearOp
{
    public override string Name => "broadcast";

    protected override Tensor Compute(Tensor x) => new(x.Storage, x.Layout.BroadcastTo(to));

    protected override Tensor Adjoint(Tensor u)
    {
        int lead = to.Rank - from.Rank;
        List<int> axes = [];
        for (int i = 0; i < to.Rank; i++)
        {
            if (i < lead || from[i - lead] != to[i]) axes.Add(i);
        }
        return axes.Count == 0 ? u.Reshape(from) : u.Sum([.. axes], keepDims: true).Reshape(from);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>The values repeated along new axes and along axes of size 1, without a copy; the gradient sums over them.</summary>
        /// <exception cref="ArgumentException">x does not stretch to the shape.</exception>
        public Tensor BroadcastTo(Shape shape) => x.Shape == shape ? x : new BroadcastTo(x.Shape, shape).Apply(x);
    }
}
