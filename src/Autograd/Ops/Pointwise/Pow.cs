using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>xᵖ with a constant exponent: repeated squaring for small whole p, so negative x is fine; e^(p·log x) otherwise.</summary>
public readonly struct Pow(double exponent) : IPointwise
{
    /// <summary>Whole exponents up to this size are multiplied out.</summary>
    private const int Largest = 64;

    public string Name => "pow";

    public L Apply<L>(L x) where L : struct, ILane<L>
    {
        if (exponent == 0.5) return L.Sqrt(x);
        if (Math.Abs(exponent) > Largest || exponent != Math.Floor(exponent)) return Pow2.Of(x, L.Parameter(exponent));
        L result = L.Of(1);
        L square = x;
        for (int n = (int)Math.Abs(exponent); n > 0; n >>= 1)
        {
            if ((n & 1) != 0) result *= square;
            square *= square;
        }
        return exponent < 0 ? L.Of(1) / result : result;
    }

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => exponent == 0 ? null : g * x.Pow(exponent - 1) * exponent;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Pow(double exponent) => Pointwise.Of(new Pow(exponent), x);
    }
}
