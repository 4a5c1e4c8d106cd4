using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>x where x &gt; 0, slope · x elsewhere; the slope at 0 is the one of the negative side, as in PyTorch.</summary>
public readonly struct LeakyRelu(double slope) : IPointwise
{
    public string Name => "leaky-relu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), x, L.Parameter(slope) * x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new ReluMask(slope), g, x);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor LeakyRelu(double slope = 0.01) => Pointwise.Of(new LeakyRelu(slope), x);
    }
}
