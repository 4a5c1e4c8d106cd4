using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>SiLU, x · σ(x). Elfwing et al., arXiv:1702.03118.</summary>
internal readonly struct Silu : IPointwise
{
    public string Name => "silu";

    public L Apply<L>(L x) where L : struct, ILane<L> => x / (L.Of(1) + L.Exp(-x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y)
    {
        Tensor s = x.Sigmoid();
        return g * (s + y * (1 - s));
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Silu"/>
        public Tensor Silu() => Pointwise.Of(new Silu(), x);
    }
}
