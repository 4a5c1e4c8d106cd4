using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>−1, 0 or 1 by the sign of x; slope 0.</summary>
public readonly struct Sign : IPointwise
{
    public string Name => "sign";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), L.Of(1), L.IfGreater(L.Of(0), x, L.Of(-1), x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Sign() => Pointwise.Of(new Sign(), x);
    }
}
