using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>1 where a &gt; b.</summary>
internal readonly struct GreaterThan : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(a, b, L.Of(1), L.Of(0));
}

/// <summary>1 where a ≥ b.</summary>
internal readonly struct GreaterOrEqual : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(a, b, L.Of(1), L.IfEqual(a, b, L.Of(1), L.Of(0)));
}

/// <summary>1 where a = b.</summary>
internal readonly struct EqualTo : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfEqual(a, b, L.Of(1), L.Of(0));
}

/// <summary>1 where a ≠ b; a NaN differs from everything.</summary>
internal readonly struct Unequal : IFormula2
{
    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfEqual(a, b, L.Of(0), L.Of(1));
}

/// <summary>Comparisons give masks (Bool) and have no derivative.</summary>
public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor EqualTo(Tensor other) => Pointwise.Mask(new EqualTo(), "equal", x, other);

        public Tensor NotEqualTo(Tensor other) => Pointwise.Mask(new Unequal(), "not-equal", x, other);

        public static Tensor operator >(Tensor a, Tensor b) => Pointwise.Mask(new GreaterThan(), "greater", a, b);

        public static Tensor operator <(Tensor a, Tensor b) => Pointwise.Mask(new GreaterThan(), "less", b, a);

        public static Tensor operator >=(Tensor a, Tensor b) => Pointwise.Mask(new GreaterOrEqual(), "greater-equal", a, b);

        public static Tensor operator <=(Tensor a, Tensor b) => Pointwise.Mask(new GreaterOrEqual(), "less-equal", b, a);

        public static Tensor operator >(Tensor a, double b) => a > Like(a, b);

        public static Tensor operator <(Tensor a, double b) => a < Like(a, b);

        public static Tensor operator >=(Tensor a, double b) => a >= Like(a, b);

        public static Tensor operator <=(Tensor a, double b) => a <= Like(a, b);
    }
}
