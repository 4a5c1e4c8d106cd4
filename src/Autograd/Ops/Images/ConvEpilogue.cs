using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>max(0, conv2d + shift + residual) as one pass; inputs are [x, w] and then the shift and the residual, where given.</summary>
internal sealed class ConvEpilogue(ConvShape shape, bool shifted, bool relu) : Op, IFusingOp
{
    public override string Name => "conv2d-epilogue";

    public static Tensor Of(ConvShape shape, Tensor x, Tensor w, Tensor? shift, Tensor? residual, bool relu)
    {
        Tensor y = Tensor.Empty([shape.Batch, shape.Filters, shape.OutHeight, shape.OutWidth], x.Type, x.Device);
        Backend.For(x.Device).Conv(shape, x.View, w.View, new Epilogue(shift?.View, residual?.View, relu), y.View);
        Tensor[] inputs = (shift, residual) switch
        {
            ({ } s, { } r) => [x, w, s, r],
            ({ } s, null) => [x, w, s],
            (null, { } r) => [x, w, r],
            _ => [x, w],
        };
        return Record(new ConvEpilogue(shape, shift is not null, relu), inputs, y);
    }

    public bool IsRelu => relu;

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        g = Gated(g, node).Contiguous();
        Tensor?[] parts = Others(node, g, needs);
        if (needs[0]) parts[0] = new ConvolveInput(shape).Apply(g, node.Inputs[1]);
        return parts;
    }

    public Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion)
    {
        g = (fusion.IsMasked ? g : Gated(g, node)).Contiguous();
        Tensor?[] parts = Others(node, g, needs);
        if (needs[0]) parts[0] = ConvolveInput.Folded(shape, g, node.Inputs[1], fusion);
        return parts;
    }

    /// <summary>The cotangents of all but the image.</summary>
    private Tensor?[] Others(Node node, Tensor g, Needs needs)
    {
        Tensor?[] parts = new Tensor?[node.Inputs.Length];
        if (needs[1]) parts[1] = new ConvolveWeight(shape).Apply(node.Inputs[0], g);
        if (shifted && needs[2]) parts[2] = g.Sum([0, 2, 3]);
        int residual = shifted ? 3 : 2;
        if (residual < parts.Length && needs[residual]) parts[residual] = g;
        return parts;
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor? dy = tangents[0] is { } dx ? new Convolve(shape).Apply(dx.Contiguous(), node.Inputs[1]) : null;
        if (tangents[1] is { } dw) dy = Ops.Plus(dy, new Convolve(shape).Apply(node.Inputs[0], dw.Contiguous()));
        if (shifted && tangents[2] is { } shift) dy = Ops.Plus(dy, shift.Reshape(1, shape.Filters, 1, 1).BroadcastTo(node.Output.Shape));
        int residual = shifted ? 3 : 2;
        if (residual < tangents.Length && tangents[residual] is { } added) dy = Ops.Plus(dy, added);
        return Gated(dy!, node);
    }

    /// <summary>The part that passes the maximum.</summary>
    private Tensor Gated(Tensor g, Node node) => relu ? Pointwise.Of(new ReluMask(0), g, node.Output) : g;
}
