namespace MiniGrad;

/// <summary>max(0, x·k + k0) with numbers for each channel: a normalisation in inference and its ReLU; inputs are [x, k, k0].</summary>
internal sealed class ChannelRelu : ChannelBlend, IFusingOp
{
    public override string Name => "channel-relu";

    public bool IsRelu => true;

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => base.Vjp(node, Gated(g, node), needs);

    public Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion)
    {
        if (!fusion.IsMasked) g = Gated(g, node);
        if (fusion.Sum is not { } sum || fusion.Mask is not null) return fusion.AfterFirst(base.Vjp(node, g, needs));
        Tensor?[] parts = base.Vjp(node, g, needs.Without(0));
        Tensor factor = node.Inputs[1];
        parts[0] = g.ChannelBlend(factor, sum, Ops.Ones(factor.Shape, factor.Type, factor.Device),
            Ops.Zeros(factor.Shape, factor.Type, factor.Device));
        return parts;
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents) => base.Jvp(node, tangents) is { } dy ? Gated(dy, node) : null;

    private static Tensor Gated(Tensor g, Node node) => Pointwise.Of(new ReluMask(0), g, node.Output);
}
