using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The normal distribution on lanes.</summary>
internal static class Normal
{
    /// <summary>1/√(2π).</summary>
    public const double Peak = 0.39894228040143268;

    /// <summary>√½.</summary>
    private const double Shrink = 0.70710678118654752;

    /// <summary>e^(−x²/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Bell<L>(L x) where L : struct, ILane<L> => L.Exp(x * x * L.Of(-0.5));

    /// <summary>Φ(x), given e^(−x²/2). The smaller of Φ(x) and 1 − Φ(x) is computed, so small ones keep their digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Below<L>(L x, L bell) where L : struct, ILane<L>
    {
        L beyond = bell * L.Of(0.5) * Erf.Tail(L.Abs(x) * L.Of(Shrink));
        return L.IfGreater(L.Of(0), x, beyond, L.Of(1) - beyond);
    }
}
