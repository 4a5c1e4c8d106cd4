using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>slope · a where b ≤ 0, a elsewhere, so where b is NaN: the chain rule of ReLU and leaky ReLU in one pass.</summary>
public readonly struct ReluMask(double slope) : IPointwise2
{
    public string Name => "gate";

    // Inlined by order: a call for each vector would cost more than the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L a, L b) where L : struct, ILane<L>
    {
        // 0 · ∞ would be NaN. Only a NaN differs from itself.
        L closed = slope == 0 ? L.Of(0) : L.Parameter(slope) * a;
        return L.IfGreater(b, L.Of(0), a, L.IfEqual(b, b, closed, a));
    }

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}
