namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>log Σ eˣ over some axes, shifted by the maximum so that nothing overflows.</summary>
        public Tensor LogSumExp(int[] axes, bool keepDims = false)
        {
            Tensor top = x.Detach().Max(axes, keepDims: true);
            // A row whose maximum is infinite keeps it: shift it by 0 instead.
            top = Where(top.Abs() < double.PositiveInfinity, top, Like(top, 0));
            Tensor sum = (x - top).Exp().Sum(axes, keepDims);
            return sum.Log() + top.Reshape(sum.Shape);
        }

        public Tensor LogSumExp(int axis, bool keepDims = false) => x.LogSumExp([axis], keepDims);

        /// <summary>eˣ / Σ eˣ along an axis.</summary>
        public Tensor Softmax(int axis)
        {
            Tensor e = (x - x.Detach().Max(axis, keepDims: true)).Exp();
            return e / e.Sum(axis, keepDims: true);
        }

        /// <summary>log softmax along an axis, without forming the softmax.</summary>
        public Tensor LogSoftmax(int axis) => x - x.LogSumExp(axis, keepDims: true);
    }
}
