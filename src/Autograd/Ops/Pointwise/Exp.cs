using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>eˣ.</summary>
public readonly struct Exp : IPointwise
{
    public string Name => "exp";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Exp(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * y;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Exp() => Pointwise.Of(new Exp(), x);
    }
}
