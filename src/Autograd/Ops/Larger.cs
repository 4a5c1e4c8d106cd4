using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>1 where a &gt; b, ½ where a = b, 0 elsewhere: the slope of a maximum in a.</summary>
public readonly struct Larger : IPointwise2
{
    public string Name => "larger";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(a, b, L.Of(1), L.IfEqual(a, b, L.Of(0.5), L.Of(0)));

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => null;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}

public static partial class Ops
{
    internal static Tensor Share(Tensor a, Tensor b) => Pointwise.Of(new Larger(), a.Detach(), b.Detach());
}
