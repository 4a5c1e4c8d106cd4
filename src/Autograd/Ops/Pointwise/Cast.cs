using MiniGrad.Kernels;

namespace MiniGrad;

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
        public Tensor Cast(DType type)
        {
            if (x.Type == type) return x;
            return new Cast(x.Type, type).Apply(x.Type.IsFloat() && type.IsFloat() ? x : x.Detach());
        }
    }
}
