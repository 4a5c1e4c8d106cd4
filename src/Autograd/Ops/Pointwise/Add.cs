using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a + b.</summary>
public readonly struct Add : IPointwise2
{
    public string Name => "add";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a + b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g;
}

public static partial class Ops
{
    extension(Tensor)
    {
        public static Tensor operator +(Tensor a, Tensor b) => Pointwise.Of(new Add(), a, b);

        public static Tensor operator +(Tensor x, double shift) => x.Affine(1, shift);

        public static Tensor operator +(double shift, Tensor x) => x.Affine(1, shift);
    }
}
