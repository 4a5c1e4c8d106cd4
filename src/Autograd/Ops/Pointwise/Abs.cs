using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>|x|; the slope at 0 is 0, as in PyTorch.</summary>
public readonly struct Abs : IPointwise
{
    public string Name => "abs";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Abs(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x.Sign();
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Abs() => Pointwise.Of(new Abs(), x);
    }
}
