using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>log Σ eˣ of each row of [m, n]; with labels [m] (I32) less the element there: the cross-entropy.</summary>
internal sealed class LogSumExpRows(Tensor? labels) : Op
{
    public override string Name => labels is null ? "log-sum-exp" : "cross-entropy";

    public static Tensor Of(Tensor x, Tensor? labels)
    {
        x = x.Contiguous();
        Tensor y = Tensor.Empty([x.Shape[0]], x.Type, x.Device);
        Backend.For(x.Device).LogSumExp(x.View, labels?.View, y.View);
        return Record(new LogSumExpRows(labels), [x], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => [LogSumExpRowsAdjoint.Of(node.Inputs[0], labels, g)];

    public override Tensor? Jvp(Node node, Tensor?[] tangents) => LogSumExpRowsAdjoint.Mean(node.Inputs[0], labels, tangents[0]!);
}

/// <summary>g · (softmax(x) − the unit vector of the label, if there are labels) of rows; inputs [x, g].</summary>
internal sealed class LogSumExpRowsAdjoint(Tensor? labels) : Op
{
    public override string Name => labels is null ? "log-sum-exp-adjoint" : "cross-entropy-adjoint";

    public static Tensor Of(Tensor x, Tensor? labels, Tensor g)
    {
        g = g.Contiguous();
        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        Backend.For(x.Device).LogSumExpAdjoint(x.View, labels?.View, g.View, dx.View);
        return Record(new LogSumExpRowsAdjoint(labels), [x, g], dx);
    }

    /// <summary>⟨softmax(x) − unit vector, u⟩ of each row.</summary>
    public static Tensor Mean(Tensor x, Tensor? labels, Tensor u)
    {
        Tensor mean = (x.Softmax(1) * u).Sum(1);
        return labels is null ? mean : mean - u.Gather(1, labels.Unsqueeze(1)).Squeeze(1);
    }

    public override Tensor?[] Vjp(Node node, Tensor u, Needs needs)
    {
        (Tensor x, Tensor g) = (node.Inputs[0], node.Inputs[1]);
        return [needs[0] ? Curve(x, g, u) : null, needs[1] ? Mean(x, labels, u) : null];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor x, Tensor g) = (node.Inputs[0], node.Inputs[1]);
        Tensor? result = tangents[0] is { } dx ? Curve(x, g, dx) : null;
        return tangents[1] is { } dg ? Ops.Plus(result, Of(x, labels, dg)) : result;
    }

    private static Tensor Curve(Tensor x, Tensor g, Tensor u) => SoftmaxRowsAdjoint.Of(1, x.Softmax(1), u * g.Unsqueeze(1));
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>log Σ eˣ over some axes, shifted by the maximum so that nothing overflows.</summary>
        public Tensor LogSumExp(int[] axes, bool keepDims = false)
        {
            CheckRows("log-sum-exp", x);
            bool[] gone = new bool[x.Rank];
            foreach (int axis in axes) gone[Shape.Axis(axis, x.Rank)] = true;
            int[] kept = [.. Enumerable.Range(0, x.Rank).Where(axis => !gone[axis])];
            int[] last = [.. Enumerable.Range(0, x.Rank).Where(axis => gone[axis])];
            Shape shape = x.Shape;
            Shape result = new(
                [.. Enumerable.Range(0, x.Rank).Where(axis => keepDims || !gone[axis]).Select(axis => gone[axis] ? 1 : shape[axis])]);
            int rows = 1;
            foreach (int axis in kept) rows *= shape[axis];
            return LogSumExpRows.Of(x.Permute([.. kept, .. last]).Reshape(rows, -1), null).Reshape(result);
        }

        /// <summary>log Σ eˣ along one axis.</summary>
        public Tensor LogSumExp(int axis, bool keepDims = false) => x.LogSumExp([axis], keepDims);
    }
}
