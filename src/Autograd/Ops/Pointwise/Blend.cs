using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a · left + b · right with two numbers, in one pass: what optimisers do to every weight.</summary>
public readonly struct Blend(double left, double right) : IPointwise2
{
    public string Name => "blend";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => left == 1 ? a + L.Parameter(right) * b : L.Parameter(left) * a + L.Parameter(right) * b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * left;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * right;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>x · scale + other · otherScale, after broadcasting.</summary>
        public Tensor Blend(double scale, Tensor other, double otherScale) => Pointwise.Of(new Blend(scale, otherScale), x, other);
    }
}
