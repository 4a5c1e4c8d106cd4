using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>cos x, x in radians.</summary>
public readonly struct Cos : IPointwise
{
    public string Name => "cos";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Cos(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -(g * x.Sin());
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Cos() => Pointwise.Of(new Cos(), x);
    }
}
