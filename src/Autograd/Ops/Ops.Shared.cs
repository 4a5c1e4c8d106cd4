namespace MiniGrad;

// What several operations share.
public static partial class Ops
{
    /// <summary>Zeros of the shape, type and device of x.</summary>
    internal static Tensor ZerosLike(Tensor x) => Zeros(x.Shape, x.Type, x.Device);

    /// <summary>A sum that begins with its first part.</summary>
    internal static Tensor Plus(Tensor? sum, Tensor part) => sum is null ? part : sum + part;

    /// <summary>
    /// Reduces each run of neighbouring axes in turn, last run first, as the middle axis of [outer, n, inner]. So the
    /// order of additions follows from which axes are summed, not from how the tensor lies in memory.
    /// </summary>
    internal static Tensor OverAxes(Tensor x, int[] axes, bool keepDims, Func<Tensor, Tensor> reduce)
    {
        bool[] gone = new bool[x.Rank];
        foreach (int axis in axes) gone[Shape.Axis(axis, x.Rank)] = true;
        Shape kept = x.Shape;
        Shape rest = x.Shape;
        for (int axis = x.Rank - 1; axis >= 0; axis--)
        {
            if (!gone[axis]) continue;
            kept = kept.With(axis, 1);
            rest = rest.Without(axis);
        }
        Shape shape = x.Shape;
        int inner = 1;
        for (int end = shape.Rank; end > 0;)
        {
            if (!gone[end - 1])
            {
                inner *= shape[--end];
                continue;
            }
            int n = 1;
            while (end > 0 && gone[end - 1]) n *= shape[--end];
            int outer = 1;
            for (int i = 0; i < end; i++) outer *= shape[i];
            x = reduce(x.Reshape(outer, n, inner));
        }
        return x.Reshape(keepDims ? kept : rest);
    }

    /// <summary>Asks for a floating-point operand with elements in its last axis.</summary>
    internal static void CheckRows(string operation, Tensor x)
    {
        Check.Float(operation, x);
        if (x.Rank == 0 || x.Count == 0) Throw.Argument($"{operation}: {x.Shape} has no elements to run over.");
    }
}
