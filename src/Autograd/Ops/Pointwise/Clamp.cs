using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>x held inside [low, high]; the slope is 1 inside and on the bounds, 0 outside, as in PyTorch.</summary>
public readonly struct Clamp(double low, double high) : IPointwise
{
    public string Name => "clamp";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Min(L.Max(x, L.Parameter(low)), L.Parameter(high));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new Window(low, high), g, x);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Clamp(double low, double high) => Pointwise.Of(new Clamp(low, high), x);
    }
}
