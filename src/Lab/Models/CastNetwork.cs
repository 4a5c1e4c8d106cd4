using MiniGrad.Nn;

namespace MiniGrad.Lab.Models;

/// <summary>A network that takes images of any floating-point type and computes in one.</summary>
internal sealed class CastNetwork : Network
{
    private readonly Network inner;
    private readonly DType type;

    public CastNetwork(Network inner, DType type) : base(inner)
    {
        this.inner = inner;
        this.type = type;
    }

    public override Shape InputShape => inner.InputShape;

    public override int ClassCount => inner.ClassCount;

    public override bool IsPiecewiseLinear => inner.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps => inner.Taps;

    public override Tensor Forward(Tensor x, Pass? pass = null) => inner.Forward(x.Cast(type), pass);
}
