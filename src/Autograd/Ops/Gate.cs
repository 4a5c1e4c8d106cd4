using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>a where b &gt; 0, slope · a elsewhere: the chain rule of ReLU and leaky ReLU in one pass.</summary>
public readonly struct Gate(double slope) : IPointwise2
{
    public string Name => "gate";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(b, L.Of(0), a, L.Of(slope) * a);

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}
