using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>
/// max(0, x wᵀ + b) of rows, with or without the maximum; inputs are [x, w, b]. The shift and the maximum cost no pass
/// of their own.
/// </summary>
internal sealed class LinearMap(bool relu) : Op, IFusingOp
{
    public override string Name => "linear";

    public static Tensor Of(Tensor x, Tensor weight, Tensor bias, bool relu)
    {
        Tensor y = Tensor.Empty([x.Shape[0], weight.Shape[0]], x.Type, x.Device);
        (Tensor rows, Tensor columns) =
            (x.Detach().Reshape(1, 1, x.Shape[0], x.Shape[1]), weight.Detach().Transpose().Reshape(1, 1, weight.Shape[1], weight.Shape[0]));
        Backend.For(x.Device)
            .MatMul(rows.View, columns.View, new Epilogue(bias.View, null, relu), y.Detach().Reshape(1, 1, y.Shape[0], y.Shape[1]).View);
        return Record(new LinearMap(relu), [x, weight, bias], y);
    }

    public bool IsRelu => relu;

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => Vjp(node, g, needs, default);

    public Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion)
    {
        if (relu && !fusion.IsMasked) g = Pointwise.Of(new ReluMask(0), g, node.Output);
        return fusion.AfterFirst(
        [
            needs[0] ? g.MatMul(node.Inputs[1]) : null,
            needs[1] ? g.Transpose().MatMul(node.Inputs[0]) : null,
            needs[2] ? g.Sum([0]) : null,
        ]);
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor? dy = tangents[0] is { } dx ? dx.MatMul(node.Inputs[1].Transpose()) : null;
        if (tangents[1] is { } dw) dy = Ops.Plus(dy, node.Inputs[0].MatMul(dw.Transpose()));
        if (tangents[2] is { } db) dy = Ops.Plus(dy, db.BroadcastTo(node.Output.Shape));
        return relu ? Pointwise.Of(new ReluMask(0), dy!, node.Output) : dy;
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// x [..., inputs] wᵀ + b for weight [outputs, inputs] and bias [outputs]: [..., outputs]; then its ReLU, when
        /// wanted.
        /// </summary>
        /// <exception cref="ArgumentException">The shapes do not fit, or types or devices differ.</exception>
        public Tensor Linear(Tensor weight, Tensor bias, bool relu = false)
        {
            Check.Float("linear", x);
            Check.Alike("linear", x, weight);
            Check.Alike("linear", x, bias);
            if (x.Rank < 1 || weight.Rank != 2 || x.Shape[-1] != weight.Shape[1] || bias.Shape != new Shape(weight.Shape[0]))
            {
                Throw.Argument($"linear: x {x.Shape}, weight {weight.Shape}, bias {bias.Shape}: "
                    + "needed are [..., inputs], [outputs, inputs] and [outputs].");
            }
            int rows = checked((int)(x.Count / Math.Max(1, x.Shape[-1])));
            if (x.Shape[-1] == 0) rows = (int)new Shape(x.Shape.Sizes[..^1]).Count;
            Tensor y = LinearMap.Of(x.Reshape(rows, x.Shape[-1]), weight, bias.Contiguous(), relu);
            return x.Rank == 2 ? y : y.Reshape(new Shape([.. x.Shape.Sizes[..^1], weight.Shape[0]]));
        }
    }
}
