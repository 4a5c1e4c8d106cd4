using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>slope · a where b ≤ 0, a elsewhere, so where b is NaN: the chain rule of ReLU and leaky ReLU in one pass.</summary>
public readonly struct Gate(double slope) : IPointwise2
{
    public string Name => "gate";

    public L Apply<L>(L a, L b) where L : struct, ILane<L>
    {
        // 0 · ∞ would be NaN.
        L closed = slope == 0 ? L.Of(0) : L.Of(slope) * a;
        return L.IfEqual(L.Max(b, L.Of(0)), L.Of(0), closed, a);
    }

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}
