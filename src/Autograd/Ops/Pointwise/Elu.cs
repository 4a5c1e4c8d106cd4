using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>x where x &gt; 0, α(eˣ − 1) elsewhere. Clevert et al., arXiv:1511.07289.</summary>
public readonly struct Elu(double alpha) : IPointwise
{
    public string Name => "elu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), x, L.Parameter(alpha) * Expm1.Of(x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (y + alpha).Where(x <= 0, 1);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Elu(double alpha = 1) => Pointwise.Of(new Elu(alpha), x);
    }
}
