using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The logistic function 1/(1 + e⁻ˣ).</summary>
public readonly struct Sigmoid : IPointwise
{
    public string Name => "sigmoid";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Of(1) / (L.Of(1) + L.Exp(-x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * y * (1 - y);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Sigmoid() => Pointwise.Of(new Sigmoid(), x);
    }
}
