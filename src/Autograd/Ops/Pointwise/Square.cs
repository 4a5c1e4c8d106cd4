using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>x².</summary>
public readonly struct Square : IPointwise
{
    public string Name => "square";

    public L Apply<L>(L x) where L : struct, ILane<L> => x * x;

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x * 2;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Square() => Pointwise.Of(new Square(), x);
    }
}
