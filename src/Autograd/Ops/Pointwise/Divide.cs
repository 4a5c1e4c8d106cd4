using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a / b.</summary>
public readonly struct Divide : IPointwise2
{
    public string Name => "div";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a / b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g / b;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => -(g * y / b);
}

public static partial class Ops
{
    extension(Tensor)
    {
        public static Tensor operator /(Tensor a, Tensor b) => Pointwise.Of(new Divide(), a, b);

        public static Tensor operator /(Tensor x, double divisor) => x / Ops.Like(x, divisor);

        public static Tensor operator /(double dividend, Tensor x) => Ops.Like(x, dividend) / x;
    }
}
