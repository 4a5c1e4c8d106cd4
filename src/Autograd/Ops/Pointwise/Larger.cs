using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>0 where b &gt; a, ½ where a = b, 1 elsewhere, so where either is NaN: the slope of a maximum in a, as in PyTorch.</summary>
public readonly struct Larger : IPointwise2
{
    public string Name => "larger";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(b, a, L.Of(0), L.IfEqual(a, b, L.Of(0.5), L.Of(1)));

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => null;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}

public static partial class Ops
{
    internal static Tensor Share(Tensor a, Tensor b) => Pointwise.Of(new Larger(), a.Detach(), b.Detach());
}
