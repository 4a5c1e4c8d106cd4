using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>a + b.</summary>
internal readonly struct Add : IPointwise2
{
    public string Name => "add";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a + b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g;
}

/// <summary>a − b.</summary>
internal readonly struct Subtract : IPointwise2
{
    public string Name => "sub";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a - b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => -g;
}

/// <summary>a · b.</summary>
internal readonly struct Multiply : IPointwise2
{
    public string Name => "mul";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a * b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * b;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * a;
}

/// <summary>a / b.</summary>
internal readonly struct Divide : IPointwise2
{
    public string Name => "div";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => a / b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g / b;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => -(g * y / b);
}

/// <summary>a · left + b · right with two numbers, in one pass: what optimisers do to every weight.</summary>
internal readonly struct Blend(double left, double right) : IPointwise2
{
    public string Name => "blend";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> =>
        left == 1 ? a + L.Parameter(right) * b : L.Parameter(left) * a + L.Parameter(right) * b;

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * left;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * right;
}

/// <summary>The larger of a and b; equal ones share the slope evenly, as in PyTorch.</summary>
internal readonly struct Maximum : IPointwise2
{
    public string Name => "max";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.Max(a, b);

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(a, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(b, a);
}

/// <summary>The smaller of a and b; equal ones share the slope evenly, as in PyTorch.</summary>
internal readonly struct Minimum : IPointwise2
{
    public string Name => "min";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.Min(a, b);

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(b, a);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => g * Ops.Share(a, b);
}

/// <summary>0 where b &gt; a, ½ where a = b, 1 elsewhere, so where either is NaN: the slope of a maximum in a, as in PyTorch.</summary>
internal readonly struct Larger : IPointwise2
{
    public string Name => "larger";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> => L.IfGreater(b, a, L.Of(0), L.IfEqual(a, b, L.Of(0.5), L.Of(1)));

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => null;

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor)
    {
        /// <summary>a + b, after broadcasting.</summary>
        /// <exception cref="ArgumentException">Types, devices or shapes do not go together.</exception>
        public static Tensor operator +(Tensor a, Tensor b) => Pointwise.Of(new Add(), a, b);

        /// <summary>x + shift.</summary>
        public static Tensor operator +(Tensor x, double shift) => x.Affine(1, shift);

        /// <summary>shift + x.</summary>
        public static Tensor operator +(double shift, Tensor x) => x.Affine(1, shift);

        /// <summary>a − b, after broadcasting.</summary>
        /// <exception cref="ArgumentException">Types, devices or shapes do not go together.</exception>
        public static Tensor operator -(Tensor a, Tensor b) => Pointwise.Of(new Subtract(), a, b);

        /// <summary>x − shift.</summary>
        public static Tensor operator -(Tensor x, double shift) => x.Affine(1, -shift);

        /// <summary>from − x.</summary>
        public static Tensor operator -(double from, Tensor x) => x.Affine(-1, from);

        /// <summary>−x.</summary>
        public static Tensor operator -(Tensor x) => x.Negate();

        /// <summary>a · b element by element, after broadcasting; for matrices see <c>MatMul</c>.</summary>
        /// <exception cref="ArgumentException">Types, devices or shapes do not go together.</exception>
        public static Tensor operator *(Tensor a, Tensor b) => Pointwise.Of(new Multiply(), a, b);

        /// <summary>x · scale.</summary>
        public static Tensor operator *(Tensor x, double scale) => x.Affine(scale, 0);

        /// <summary>scale · x.</summary>
        public static Tensor operator *(double scale, Tensor x) => x.Affine(scale, 0);

        /// <summary>a / b element by element, after broadcasting.</summary>
        /// <exception cref="ArgumentException">Types, devices or shapes do not go together.</exception>
        public static Tensor operator /(Tensor a, Tensor b) => Pointwise.Of(new Divide(), a, b);

        /// <summary>x / divisor.</summary>
        public static Tensor operator /(Tensor x, double divisor) => x / Ops.Like(x, divisor);

        /// <summary>dividend / x.</summary>
        public static Tensor operator /(double dividend, Tensor x) => Ops.Like(x, dividend) / x;
    }

    extension(Tensor x)
    {
        /// <summary>x · scale + other · otherScale, after broadcasting.</summary>
        public Tensor Blend(double scale, Tensor other, double otherScale) => Pointwise.Of(new Blend(scale, otherScale), x, other);

        /// <inheritdoc cref="MiniGrad.Maximum"/>
        public Tensor Maximum(Tensor other) => Pointwise.Of(new Maximum(), x, other);

        /// <inheritdoc cref="MiniGrad.Minimum"/>
        public Tensor Minimum(Tensor other) => Pointwise.Of(new Minimum(), x, other);
    }

    internal static Tensor Share(Tensor a, Tensor b) => Pointwise.Of(new Larger(), a.Detach(), b.Detach());
}
