using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>log(1 + x), exact near 0 (W. Kahan: the error of u = 1 + x cancels in log u · x / (u − 1)).</summary>
internal readonly struct Log1p : IPointwise
{
    public string Name => "log1p";

    public L Apply<L>(L x) where L : struct, ILane<L> => Of(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g / (x + 1);

    internal static L Of<L>(L x) where L : struct, ILane<L>
    {
        L u = L.Of(1) + x;
        L exact = L.Log(u) * x / (u - L.Of(1));
        exact = L.IfEqual(u, L.Of(1), x, exact);
        return L.IfEqual(u, L.Of(double.PositiveInfinity), u, exact);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Log1p"/>
        public Tensor Log1p() => Pointwise.Of(new Log1p(), x);
    }
}
