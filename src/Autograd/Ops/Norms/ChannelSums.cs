using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>Σ a and Σ a·b of each channel of images, as [2, C] in F64: what mean, variance and their gradients are made of.</summary>
internal sealed class ChannelSums : Op
{
    public override string Name => "channel-sums";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        (Tensor a, Tensor b) = (node.Inputs[0], node.Inputs[1]);
        return
        [
            needs[0] ? b.ChannelAffine(g.At(0, 1), g.At(0, 0)) : null,
            needs[1] ? a.ChannelAffine(g.At(0, 1)) : null,
        ];
    }

    // The first row is linear in a, the second bilinear.
    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor? left = tangents[0] is { } a ? Ops.ChannelSums(a, node.Inputs[1]) : null;
        if (tangents[1] is not { } b) return left;
        Tensor second = Ops.ChannelSums(node.Inputs[0], b).Take(0, new AxisRange(1, 1));
        Tensor right = Ops.Concat([Ops.Zeros(second.Shape, second.Type, second.Device), second], 0);
        return left is null ? right : left + right;
    }
}

public static partial class Ops
{
    internal static Tensor ChannelSums(Tensor a, Tensor b)
    {
        (a, b) = (a.Contiguous(), b.Contiguous());
        Tensor sums = Tensor.Empty([2, a.Shape[1]], DType.F64, a.Device);
        Backend.For(a.Device).ChannelSums(Planes(a), Planes(b), sums.View);
        return Op.Record(new ChannelSums(), [a, b], sums);
    }
}
