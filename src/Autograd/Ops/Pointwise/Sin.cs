using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>sin x, x in radians.</summary>
public readonly struct Sin : IPointwise
{
    public string Name => "sin";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sin(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x.Cos();
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Sin() => Pointwise.Of(new Sin(), x);
    }
}
