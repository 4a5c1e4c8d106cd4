using MiniGrad.Kernels;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>The largest integer not above x; slope 0.</summary>
internal readonly struct Floor : IPointwise
{
    public string Name => "floor";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Floor(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

/// <summary>The nearest integer, halves to even; slope 0.</summary>
internal readonly struct Round : IPointwise
{
    public string Name => "round";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Round(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

/// <summary>Converts the element type; between F32 and F64 it is linear, everything else has no derivative.</summary>
internal sealed class Cast(DType from, DType to) : LinearOp
{
    public override string Name => "cast";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, to, x.Device);
        Backend.For(x.Device).Copy(x.View, y.View);
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => u.Cast(from);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Floor"/>
        public Tensor Floor() => Pointwise.Of(new Floor(), x);

        /// <inheritdoc cref="MiniGrad.Round"/>
        public Tensor Round() => Pointwise.Of(new Round(), x);

        /// <summary>The values as another element type.</summary>
        public Tensor Cast(DType type)
        {
            if (x.Type == type) return x;
            return new Cast(x.Type, type).Apply(x.Type.IsFloat() && type.IsFloat() ? x : x.Detach());
        }
    }
}
