using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>√x with slope 0 at 0: the root of norms, whose gradient at zero is zero by convention.</summary>
public readonly struct SafeSqrt : IPointwise
{
    public string Name => "safe-sqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * 0.5 * Pointwise.Of(new InverseOrZero(), y);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor SafeSqrt() => Pointwise.Of(new SafeSqrt(), x);
    }
}
