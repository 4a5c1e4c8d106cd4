namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>Σ|x| over some axes.</summary>
        public Tensor NormL1(int[] axes, bool keepDims = false) => x.Abs().Sum(axes, keepDims);

        /// <summary>√Σx² over some axes; its gradient at zero is zero.</summary>
        public Tensor NormL2(int[] axes, bool keepDims = false) => x.Square().Sum(axes, keepDims).SafeSqrt();

        /// <summary>max|x| over some axes; equal maxima share the slope.</summary>
        public Tensor NormLinf(int[] axes, bool keepDims = false) => x.Abs().Max(axes, keepDims);
    }
}
