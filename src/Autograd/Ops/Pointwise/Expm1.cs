using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>eˣ − 1, exact near 0 (W. Kahan: the error of u = eˣ cancels in (u − 1) · x / log u).</summary>
internal readonly struct Expm1 : IPointwise
{
    public string Name => "expm1";

    public L Apply<L>(L x) where L : struct, ILane<L> => Of(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (y + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static L Of<L>(L x) where L : struct, ILane<L>
    {
        L u = L.Exp(x);
        L less = u - L.Of(1);
        // Divided first: less · x would overflow for large x and lose bits to subnormals for tiny ones.
        L exact = less / L.Log(u) * x;
        exact = L.IfEqual(u, L.Of(1), x, exact);
        exact = L.IfEqual(less, L.Of(-1), L.Of(-1), exact);
        return L.IfEqual(u, L.Of(double.PositiveInfinity), u, exact);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Expm1"/>
        public Tensor Expm1() => Pointwise.Of(new Expm1(), x);
    }
}
