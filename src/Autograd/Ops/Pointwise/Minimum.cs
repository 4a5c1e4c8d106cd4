using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The smaller of a and b; equal ones share the slope evenly, as in PyTorch.</summary>
public readonly struct Minimum : IPointwise2
{
    public string Name => "min";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.Min(a, b);

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(b, a);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(a, b);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Minimum(Tensor other) => Pointwise.Of(new Minimum(), x, other);
    }
}
