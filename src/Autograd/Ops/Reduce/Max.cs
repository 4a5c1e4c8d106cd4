using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The maximum over the middle axis of [outer, n, inner]; equal maxima share the slope evenly, as PyTorch's amax.</summary>
internal sealed class Max : Op
{
    public override string Name => "amax";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => [Shares(node) * g.Unsqueeze(1)];

    public override Tensor? Jvp(Node node, Tensor?[] tangents) => (Shares(node) * tangents[0]!).Sum(1);

    // Constant almost everywhere: the shares themselves have no derivative.
    private static Tensor Shares(Node node)
    {
        Tensor x = node.Inputs[0].Detach();
        Tensor hit = x.EqualTo(node.Output.Detach().Unsqueeze(1)).Cast(x.Type);
        return hit / hit.Sum(1, keepDims: true);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>The maximum over some axes; NaN if any is.</summary>
        /// <exception cref="ArgumentException">x has no elements, or is not of a float type.</exception>
        public Tensor Max(int[] axes, bool keepDims = false)
        {
            Check.Float("max", x);
            if (x.Count == 0) Throw.Argument($"max: {x.Shape} has no elements.");
            Tensor together = Together(x, axes, keepDims, out Shape result, out int[] last);
            return OverAxes(together, last, keepDims: false, lines =>
            {
                Tensor y = Tensor.Empty([lines.Shape[0], lines.Shape[2]], lines.Type, lines.Device);
                Backend.For(x.Device).Reduce(Reduction.Max, lines.View, y.View);
                return Op.Record(new Max(), [lines], y);
            }).Reshape(result);
        }

        /// <summary>The maximum along one axis; NaN if any is.</summary>
        public Tensor Max(int axis, bool keepDims = false) => x.Max([axis], keepDims);

        /// <summary>The maximum of all elements.</summary>
        public Tensor Max() => x.Max([.. Enumerable.Range(0, x.Rank)]);

        /// <summary>The minimum over some axes; NaN if any is.</summary>
        public Tensor Min(int[] axes, bool keepDims = false) => -(-x).Max(axes, keepDims);

        /// <summary>The minimum along one axis; NaN if any is.</summary>
        public Tensor Min(int axis, bool keepDims = false) => x.Min([axis], keepDims);

        /// <summary>
        /// The position of the maximum along an axis (I32), the first of equals; a NaN counts as the maximum. Not
        /// differentiable.
        /// </summary>
        /// <exception cref="ArgumentException">The axis is empty, or x is not of a float type.</exception>
        public Tensor ArgMax(int axis, bool keepDims = false)
        {
            Check.Float("argmax", x);
            axis = Shape.Axis(axis, x.Rank);
            if (x.Shape[axis] == 0) Throw.Argument($"argmax: axis {axis} of {x.Shape} is empty.");
            Tensor lines = x.Detach().Reshape(AsLineShape(x.Shape, axis));
            Tensor y = Tensor.Empty([lines.Shape[0], lines.Shape[2]], DType.I32, x.Device);
            Backend.For(x.Device).ArgMax(lines.View, y.View);
            return y.Reshape(keepDims ? x.Shape.With(axis, 1) : x.Shape.Without(axis));
        }
    }

    /// <summary>The axes to reduce side by side at the end, so that one step sees all equal maxima.</summary>
    private static Tensor Together(Tensor x, int[] axes, bool keepDims, out Shape result, out int[] last)
    {
        bool[] gone = new bool[x.Rank];
        foreach (int axis in axes) gone[Shape.Axis(axis, x.Rank)] = true;
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(axis => !gone[axis])];
        int[] reduced = [.. Enumerable.Range(0, x.Rank).Where(axis => gone[axis])];
        Tensor from = x;
        result = new(
            [.. Enumerable.Range(0, x.Rank).Where(axis => keepDims || !gone[axis]).Select(axis => gone[axis] ? 1 : from.Shape[axis])]);
        bool neighbours = reduced.Length == 0 || reduced[^1] - reduced[0] == reduced.Length - 1;
        last = neighbours ? reduced : [.. Enumerable.Range(kept.Length, reduced.Length)];
        return neighbours ? x : x.Permute([.. kept, .. reduced]);
    }
}
