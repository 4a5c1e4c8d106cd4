using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a · b.</summary>
public readonly struct Multiply : IPointwise2
{
    public string Name => "mul";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a * b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * b;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * a;
}

public static partial class Ops
{
    extension(Tensor)
    {
        public static Tensor operator *(Tensor a, Tensor b) => Pointwise.Of(new Multiply(), a, b);

        public static Tensor operator *(Tensor x, double scale) => x.Affine(scale, 0);

        public static Tensor operator *(double scale, Tensor x) => x.Affine(scale, 0);
    }
}
