using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The natural logarithm.</summary>
public readonly struct Log : IPointwise
{
    public string Name => "log";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Log(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g / x;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Log() => Pointwise.Of(new Log(), x);
    }
}
