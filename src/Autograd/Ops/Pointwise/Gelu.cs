using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>GELU, x · Φ(x) with the exact normal distribution. Hendrycks and Gimpel, arXiv:1606.08415.</summary>
public readonly struct Gelu : IPointwise
{
    public string Name => "gelu";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L x) where L : struct, ILane<L> => x * Normal.Below(x, Normal.Bell(x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new GeluSlope(), g, x);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Gelu"/>
        public Tensor Gelu() => Pointwise.Of(new Gelu(), x);

        /// <summary>GELU with the tanh approximation of the same paper.</summary>
        public Tensor GeluTanh() => x * (((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1) * 0.5;
    }
}
