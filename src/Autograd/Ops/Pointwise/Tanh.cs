using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>tanh x = −m/(2 + m) for x &gt; 0 with m = e^(−2x) − 1: no overflow, exact near 0.</summary>
internal readonly struct Tanh : IPointwise
{
    public string Name => "tanh";

    public L Apply<L>(L x) where L : struct, ILane<L> => Of(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (1 - y.Square());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static L Of<L>(L x) where L : struct, ILane<L>
    {
        L m = Expm1.Of(L.Of(-2) * L.Abs(x));
        L y = -m / (L.Of(2) + m);
        return L.IfGreater(L.Of(0), x, -y, L.IfGreater(x, L.Of(0), y, x));
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Tanh"/>
        public Tensor Tanh() => Pointwise.Of(new Tanh(), x);
    }
}
