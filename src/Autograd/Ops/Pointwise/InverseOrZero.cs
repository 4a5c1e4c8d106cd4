using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>1/x, and 0 at 0.</summary>
public readonly struct InverseOrZero : IPointwise
{
    public string Name => "inverse-or-zero";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfEqual(x, L.Of(0), L.Of(0), L.Of(1) / x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -(g * y * y);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor InverseOrZero() => Pointwise.Of(new InverseOrZero(), x);
    }
}
