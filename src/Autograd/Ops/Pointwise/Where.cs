using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>mask ? a : b, element by element, after broadcasting. Linear in a and b.</summary>
internal sealed class Where(Tensor mask) : Op
{
    public override string Name => "where";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        Tensor zero = Ops.Like(g, 0);
        return [needs[0] ? Ops.Where(mask, g, zero) : null, needs[1] ? Ops.Where(mask, zero, g) : null];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor zero = Ops.Like(node.Output, 0);
        return Ops.Where(mask, tangents[0] ?? zero, tangents[1] ?? zero);
    }
}

public static partial class Ops
{
    /// <summary>a where the mask holds, b elsewhere.</summary>
    public static Tensor Where(Tensor mask, Tensor a, Tensor b)
    {
        Check.Type("where", "mask", mask, DType.Bool);
        Check.Float("where", a);
        Check.Alike("where", a, b);
        Check.SameDevice("where", mask, a);
        Shape shape = Shape.Broadcast(mask.Shape, Shape.Broadcast(a.Shape, b.Shape, "where"), "where");
        a = a.BroadcastTo(shape);
        b = b.BroadcastTo(shape);
        mask = new Tensor(mask.Storage, mask.Layout.BroadcastTo(shape));
        Tensor y = Tensor.Empty(shape, a.Type, a.Device);
        Backend.For(a.Device).Select(mask.View, a.View, b.View, y.View);
        return Op.Record(new Where(mask), [a, b], y);
    }

    extension(Tensor x)
    {
        /// <summary>x where the mask holds, a constant elsewhere.</summary>
        public Tensor Where(Tensor mask, double otherwise) => Ops.Where(mask, x, Like(x, otherwise));
    }
}
