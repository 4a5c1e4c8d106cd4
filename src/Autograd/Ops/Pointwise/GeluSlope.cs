using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a · (Φ(b) + b φ(b)), φ the normal density: the chain rule of GELU in one pass.</summary>
public readonly struct GeluSlope : IPointwise2
{
    public string Name => "gelu-slope";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L a, L b) where L : struct, ILane<L>
    {
        L bell = Normal.Bell(b);
        return a * L.MultiplyAdd(b * L.Of(Normal.Peak), bell, Normal.Below(b, bell));
    }

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    /// <summary>(Φ + xφ)′ = (2 − x²) φ.</summary>
    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y)
    {
        Tensor square = b.Square();
        return g * a * ((2 - square) * (square * -0.5).Exp() * Normal.Peak);
    }
}
