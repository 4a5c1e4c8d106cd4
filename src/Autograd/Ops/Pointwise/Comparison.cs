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
        /// <summary>x = other as a mask, after broadcasting; a NaN equals nothing.</summary>
        public Tensor EqualTo(Tensor other) => Pointwise.Mask(new EqualTo(), "equal", x, other);

        /// <summary>x ≠ other as a mask, after broadcasting; a NaN differs from everything.</summary>
        public Tensor NotEqualTo(Tensor other) => Pointwise.Mask(new Unequal(), "not-equal", x, other);

        /// <summary>a &gt; b as a mask, after broadcasting; false where either is NaN.</summary>
        public static Tensor operator >(Tensor a, Tensor b) => Pointwise.Mask(new GreaterThan(), "greater", a, b);

        /// <summary>a &lt; b as a mask, after broadcasting; false where either is NaN.</summary>
        public static Tensor operator <(Tensor a, Tensor b) => Pointwise.Mask(new GreaterThan(), "less", b, a);

        /// <summary>a ≥ b as a mask, after broadcasting; false where either is NaN.</summary>
        public static Tensor operator >=(Tensor a, Tensor b) => Pointwise.Mask(new GreaterOrEqual(), "greater-equal", a, b);

        /// <summary>a ≤ b as a mask, after broadcasting; false where either is NaN.</summary>
        public static Tensor operator <=(Tensor a, Tensor b) => Pointwise.Mask(new GreaterOrEqual(), "less-equal", b, a);

        /// <summary>a &gt; b as a mask; false where a is NaN.</summary>
        public static Tensor operator >(Tensor a, double b) => a > Like(a, b);

        /// <summary>a &lt; b as a mask; false where a is NaN.</summary>
        public static Tensor operator <(Tensor a, double b) => a < Like(a, b);

        /// <summary>a ≥ b as a mask; false where a is NaN.</summary>
        public static Tensor operator >=(Tensor a, double b) => a >= Like(a, b);

        /// <summary>a ≤ b as a mask; false where a is NaN.</summary>
        public static Tensor operator <=(Tensor a, double b) => a <= Like(a, b);
    }
}
