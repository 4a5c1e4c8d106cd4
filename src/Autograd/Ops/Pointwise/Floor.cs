using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The largest integer not above x; slope 0.</summary>
public readonly struct Floor : IPointwise
{
    public string Name => "floor";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Floor(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Floor() => Pointwise.Of(new Floor(), x);
    }
}
