using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The nearest integer, halves to even; slope 0.</summary>
public readonly struct Round : IPointwise
{
    public string Name => "round";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Round(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Round() => Pointwise.Of(new Round(), x);
    }
}
