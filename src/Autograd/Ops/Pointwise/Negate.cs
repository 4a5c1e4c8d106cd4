using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>−x.</summary>
public readonly struct Negate : IPointwise
{
    public string Name => "neg";

    public L Apply<L>(L x) where L : struct, ILane<L> => -x;

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -g;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Negate() => Pointwise.Of(new Negate(), x);
    }
}
