using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>1/√x.</summary>
public readonly struct Rsqrt : IPointwise
{
    public string Name => "rsqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Of(1) / L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * -0.5 * y / x;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Rsqrt() => Pointwise.Of(new Rsqrt(), x);
    }
}
