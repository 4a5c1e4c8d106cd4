using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>√x.</summary>
public readonly struct Sqrt : IPointwise
{
    public string Name => "sqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * 0.5 / y;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Sqrt() => Pointwise.Of(new Sqrt(), x);
    }
}
