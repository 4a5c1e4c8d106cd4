namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>GELU, x · Φ(x) with the exact normal distribution. Hendrycks and Gimpel, arXiv:1606.08415.</summary>
        public Tensor Gelu() => x * ((x * Math.Sqrt(0.5)).Erf() + 1) * 0.5;

        /// <summary>GELU with the tanh approximation of the same paper.</summary>
        public Tensor GeluTanh() => x * (((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1) * 0.5;
    }
}
