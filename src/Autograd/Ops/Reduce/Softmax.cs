using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>y = softmax(scale · x) of rows. Its Jacobian is symmetric: one map serves tangents and cotangents.</summary>
internal sealed class SoftmaxRows(double scale) : Op
{
    public override string Name => "softmax";

    public static Tensor Of(double scale, Tensor x)
    {
        x = x.Contiguous();
        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Backend.For(x.Device).Softmax(scale, x.View, y.View);
        return Record(new SoftmaxRows(scale), [x], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => [SoftmaxRowsAdjoint.Of(scale, node.Output, g)];

    public override Tensor? Jvp(Node node, Tensor?[] tangents) => SoftmaxRowsAdjoint.Of(scale, node.Output, tangents[0]!);
}

/// <summary>D(y, g) = scale · y · (g − Σ g·y) of rows: linear in g and symmetric, quadratic in y.</summary>
internal sealed class SoftmaxRowsAdjoint(double scale) : Op
{
    public override string Name => "softmax-adjoint";

    public static Tensor Of(double scale, Tensor y, Tensor g)
    {
        (y, g) = (y.Contiguous(), g.Contiguous());
        Tensor dx = Tensor.Empty(y.Shape, y.Type, y.Device);
        Backend.For(y.Device).SoftmaxAdjoint(scale, y.View, g.View, dx.View);
        return Record(new SoftmaxRowsAdjoint(scale), [y, g], dx);
    }

    public override Tensor?[] Vjp(Node node, Tensor u, Needs needs)
    {
        (Tensor y, Tensor g) = (node.Inputs[0], node.Inputs[1]);
        Tensor? dy = needs[0] ? (u * (g - Along(g, y)) - g * Along(u, y)) * scale : null;
        return [dy, needs[1] ? Of(scale, y, u) : null];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor y, Tensor g) = (node.Inputs[0], node.Inputs[1]);
        Tensor? result = tangents[0] is { } dy ? (dy * (g - Along(g, y)) - y * Along(g, dy)) * scale : null;
        return tangents[1] is { } dg ? Ops.Plus(result, Of(scale, y, dg)) : result;
    }

    private static Tensor Along(Tensor a, Tensor b) => (a * b).Sum(-1, keepDims: true);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>eˣ / Σ eˣ along an axis. A row of −∞ alone has none: it becomes NaN.</summary>
        public Tensor Softmax(int axis)
        {
            CheckRows("softmax", x);
            axis = Shape.Axis(axis, x.Rank);
            return axis == x.Rank - 1 ? SoftmaxRows.Of(1, x) : SoftmaxRows.Of(1, x.Transpose(axis, -1)).Transpose(axis, -1);
        }

        /// <summary>log softmax along an axis, without forming the softmax.</summary>
        public Tensor LogSoftmax(int axis) => x - x.LogSumExp(axis, keepDims: true);
    }
}
