using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>
/// y [o, m, i] = x [o, index[o, m, i], i] over tensors seen as [outer, axis, inner]. Its adjoint is
/// <see cref="ScatterAdd"/>; the index is a constant.
/// </summary>
internal sealed class Gather(Tensor index, int size) : LinearOp
{
    public override string Name => "gather";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Tensor.Empty(index.Shape, x.Type, x.Device);
        Backend.For(x.Device).Gather(x.View, index.View, y.View);
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => new ScatterAdd(index, size).Apply(u);
}

/// <summary>y [o, index[o, m, i], i] += x [o, m, i] into zeros, in order of m. Its adjoint is <see cref="Gather"/>.</summary>
internal sealed class ScatterAdd(Tensor index, int size) : LinearOp
{
    public override string Name => "scatter-add";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Tensor.Empty([index.Shape[0], size, index.Shape[2]], x.Type, x.Device);
        Backend.For(x.Device).ScatterAdd(x.View, index.View, y.View);
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => new Gather(index, size).Apply(u);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>Along an axis, the elements at the positions in index (I32), whose other sizes equal those of x.</summary>
        public Tensor Gather(int axis, Tensor index)
        {
            axis = CheckIndex("gather", x, axis, index);
            Shape result = index.Shape;
            int size = x.Shape[axis];
            return new Gather(AsLines(index, axis), size).Apply(AsLines(x, axis)).Reshape(result);
        }

        /// <summary>Adds the elements of x to zeros of the given size along an axis, at the positions in index (I32, shape of x).</summary>
        public Tensor ScatterAdd(int axis, Tensor index, int size)
        {
            axis = CheckIndex("scatter-add", x, axis, index);
            if (index.Shape != x.Shape) Throw.Argument($"scatter-add: index has shape {index.Shape}, x has {x.Shape}. They must be equal.");
            return new ScatterAdd(AsLines(index, axis), size).Apply(AsLines(x, axis)).Reshape(x.Shape.With(axis, size));
        }

        /// <summary>Along an axis, whole slices at the given positions.</summary>
        public Tensor TakeIndices(int axis, ReadOnlySpan<int> positions)
        {
            axis = Shape.Axis(axis, x.Rank);
            Shape lines = AsLineShape(x.Shape, axis);
            Tensor index = Tensor.From(positions, [1, positions.Length, 1], x.Device);
            index = new Tensor(index.Storage, index.Layout.BroadcastTo([lines[0], positions.Length, lines[2]]));
            return new Gather(index, x.Shape[axis]).Apply(x.Reshape(lines)).Reshape(x.Shape.With(axis, positions.Length));
        }
    }

    private static int CheckIndex(string operation, Tensor x, int axis, Tensor index)
    {
        Check.Float(operation, x);
        Check.Type(operation, "index", index, DType.I32);
        Check.SameDevice(operation, x, index);
        axis = Shape.Axis(axis, x.Rank);
        if (index.Rank != x.Rank || index.Shape.With(axis, 0) != x.Shape.With(axis, 0))
        {
            Throw.Argument($"{operation}: index {index.Shape} and x {x.Shape} differ outside axis {axis}. Broadcast one side.");
        }
        return axis;
    }

    private static Tensor AsLines(Tensor x, int axis) => x.Reshape(AsLineShape(x.Shape, axis));

    /// <summary>[outer, axis, inner]: how kernels see a tensor along one axis.</summary>
    internal static Shape AsLineShape(Shape shape, int axis)
    {
        int outer = 1;
        int inner = 1;
        for (int i = 0; i < axis; i++) outer *= shape[i];
        for (int i = axis + 1; i < shape.Rank; i++) inner *= shape[i];
        return [outer, shape[axis], inner];
    }
}
