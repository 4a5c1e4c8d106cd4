using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>scale · x + shift with constants: what a tensor does with plain numbers.</summary>
public readonly struct Affine(double scale, double shift) : IPointwise
{
    public string Name => "affine";

    public L Apply<L>(L x) where L : struct, ILane<L> => x * L.Parameter(scale) + L.Parameter(shift);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * scale;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Affine(double scale, double shift) => Pointwise.Of(new Affine(scale, shift), x);
    }
}
