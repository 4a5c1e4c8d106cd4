using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The larger of a and b; equal ones share the slope evenly, as in PyTorch.</summary>
public readonly struct Maximum : IPointwise2
{
    public string Name => "max";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.Max(a, b);

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(a, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(b, a);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Maximum(Tensor other) => Pointwise.Of(new Maximum(), x, other);
    }
}
