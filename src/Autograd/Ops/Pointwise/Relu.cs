using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>max(x, 0); the slope at 0 is 0. A NaN stays one.</summary>
public readonly struct Relu : IPointwise
{
    public string Name => "relu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(L.Of(0), x, L.Of(0), x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new ReluMask(0), g, x);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Relu() => Pointwise.Of(new Relu(), x);
    }
}
