using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The sum over the middle axis of [outer, n, inner]; either type accumulates in double. Its adjoint repeats.</summary>
internal sealed class Sum(Shape from) : LinearOp
{
    public override string Name => "sum";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Tensor.Empty([from[0], from[2]], x.Type, x.Device);
        Backend.For(x.Device).Reduce(Reduction.Sum, x.View, y.View);
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => u.Unsqueeze(1).BroadcastTo(from);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>The sum of all elements.</summary>
        public Tensor Sum() => x.Sum([.. Enumerable.Range(0, x.Rank)]);

        /// <summary>The sum over some axes, which disappear or stay with size 1.</summary>
        public Tensor Sum(int[] axes, bool keepDims = false)
        {
            Check.Float("sum", x);
            return OverAxes(x, axes, keepDims, lines => new Sum(lines.Shape).Apply(lines));
        }

        /// <summary>The sum along one axis.</summary>
        public Tensor Sum(int axis, bool keepDims = false) => x.Sum([axis], keepDims);

        /// <summary>The mean of all elements.</summary>
        public Tensor Mean() => x.Sum() * (1.0 / x.Count);

        /// <summary>The mean over some axes, which disappear or stay with size 1.</summary>
        public Tensor Mean(int[] axes, bool keepDims = false)
        {
            long n = 1;
            foreach (int axis in axes) n *= x.Shape[axis];
            return x.Sum(axes, keepDims) * (1.0 / n);
        }

        /// <summary>The mean along one axis.</summary>
        public Tensor Mean(int axis, bool keepDims = false) => x.Mean([axis], keepDims);
    }
}
