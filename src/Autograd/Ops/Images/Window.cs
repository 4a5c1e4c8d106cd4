using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a where low ≤ b ≤ high, 0 elsewhere, so where b is NaN: the chain rule of a clamp in one pass.</summary>
public readonly struct Window(double low, double high) : IPointwise2
{
    public string Name => "window";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfEqual(L.Min(L.Max(b, L.Parameter(low)), L.Parameter(high)), b, a, L.Of(0));

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}
