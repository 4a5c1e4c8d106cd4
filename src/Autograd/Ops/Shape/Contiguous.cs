using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The same elements laid out row by row; copies only when they are not.</summary>
internal sealed class Contiguous : LinearOp
{
    public override string Name => "contiguous";

    protected override Tensor Compute(Tensor x) => Copy(x);

    protected override Tensor Adjoint(Tensor u) => u;

    internal static Tensor Copy(Tensor x)
    {
        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Backend.For(x.Device).Copy(x.View, y.View);
        return y;
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>The values in row-major order; x itself where they are.</summary>
        public Tensor Contiguous() => x.Layout.IsContiguous ? x : new Contiguous().Apply(x);
    }
}
