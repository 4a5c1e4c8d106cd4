using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>xᵖ with a constant exponent: repeated squaring for small whole p, so negative x is fine; e^(p·log x) otherwise.</summary>
internal readonly struct Pow(double exponent) : IPointwise
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

/// <summary>aᵇ element by element. A negative a is defined for whole b only, as in PyTorch.</summary>
internal readonly struct Pow2 : IPointwise2
{
    public string Name => "pow2";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => Of(a, b);

    // b = 0 has slope 0, also at a = 0, where a to the −1 would spoil it.
    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) =>
        g * b * a.Pow(b.Where(b.NotEqualTo(Ops.Like(b, 0)), 1) - 1);

    // log 0 is left out: 0ᵇ does not move with b.
    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * y * a.Where(a.NotEqualTo(Ops.Like(a, 0)), 1).Log();

    internal static L Of<L>(L a, L b) where L : struct, ILane<L>
    {
        L size = L.Exp(b * L.Log(L.Abs(a)));
        L half = b * L.Of(0.5);
        L signed = L.IfEqual(L.Floor(half), half, size, -size);
        L negative = L.IfEqual(L.Floor(b), b, signed, L.Of(double.NaN));
        L power = L.IfGreater(L.Of(0), a, negative, size);
        return L.IfEqual(b, L.Of(0), L.Of(1), power);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>x to a constant power.</summary>
        public Tensor Pow(double exponent) => Pointwise.Of(new Pow(exponent), x);

        /// <summary>x to the power of each exponent.</summary>
        public Tensor Pow(Tensor exponent) => Pointwise.Of(new Pow2(), x, exponent);
    }
}
