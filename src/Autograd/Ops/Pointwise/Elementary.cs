using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>−x.</summary>
internal readonly struct Negate : IPointwise
{
    public string Name => "neg";

    public L Apply<L>(L x) where L : struct, ILane<L> => -x;

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -g;
}

/// <summary>scale · x + shift with constants: what a tensor does with plain numbers.</summary>
internal readonly struct Affine(double scale, double shift) : IPointwise
{
    public string Name => "affine";

    public L Apply<L>(L x) where L : struct, ILane<L> => x * L.Parameter(scale) + L.Parameter(shift);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * scale;
}

/// <summary>x².</summary>
internal readonly struct Square : IPointwise
{
    public string Name => "square";

    public L Apply<L>(L x) where L : struct, ILane<L> => x * x;

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x * 2;
}

/// <summary>√x.</summary>
internal readonly struct Sqrt : IPointwise
{
    public string Name => "sqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * 0.5 / y;
}

/// <summary>√x with slope 0 at 0: the root of norms, whose gradient at zero is zero by convention.</summary>
internal readonly struct SafeSqrt : IPointwise
{
    public string Name => "safe-sqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * 0.5 * Pointwise.Of(new InverseOrZero(), y);
}

/// <summary>1/√x.</summary>
internal readonly struct Rsqrt : IPointwise
{
    public string Name => "rsqrt";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Of(1) / L.Sqrt(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * -0.5 * y / x;
}

/// <summary>1/x, and 0 at 0.</summary>
internal readonly struct InverseOrZero : IPointwise
{
    public string Name => "inverse-or-zero";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfEqual(x, L.Of(0), L.Of(0), L.Of(1) / x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -(g * y * y);
}

/// <summary>eˣ.</summary>
internal readonly struct Exp : IPointwise
{
    public string Name => "exp";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Exp(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * y;
}

/// <summary>The natural logarithm.</summary>
internal readonly struct Log : IPointwise
{
    public string Name => "log";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Log(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g / x;
}

/// <summary>sin x, x in radians.</summary>
internal readonly struct Sin : IPointwise
{
    public string Name => "sin";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Sin(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x.Cos();
}

/// <summary>cos x, x in radians.</summary>
internal readonly struct Cos : IPointwise
{
    public string Name => "cos";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Cos(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => -(g * x.Sin());
}

/// <summary>|x|; the slope at 0 is 0, as in PyTorch.</summary>
internal readonly struct Abs : IPointwise
{
    public string Name => "abs";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Abs(x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * x.Sign();
}

/// <summary>−1, 0 or 1 by the sign of x; slope 0.</summary>
internal readonly struct Sign : IPointwise
{
    public string Name => "sign";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), L.Of(1), L.IfGreater(L.Of(0), x, L.Of(-1), x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Negate"/>
        public Tensor Negate() => Pointwise.Of(new Negate(), x);

        /// <inheritdoc cref="MiniGrad.Affine"/>
        public Tensor Affine(double scale, double shift) => Pointwise.Of(new Affine(scale, shift), x);

        /// <inheritdoc cref="MiniGrad.Square"/>
        public Tensor Square() => Pointwise.Of(new Square(), x);

        /// <inheritdoc cref="MiniGrad.Sqrt"/>
        public Tensor Sqrt() => Pointwise.Of(new Sqrt(), x);

        /// <inheritdoc cref="MiniGrad.SafeSqrt"/>
        public Tensor SafeSqrt() => Pointwise.Of(new SafeSqrt(), x);

        /// <inheritdoc cref="MiniGrad.Rsqrt"/>
        public Tensor Rsqrt() => Pointwise.Of(new Rsqrt(), x);

        /// <inheritdoc cref="MiniGrad.InverseOrZero"/>
        public Tensor InverseOrZero() => Pointwise.Of(new InverseOrZero(), x);

        /// <inheritdoc cref="MiniGrad.Exp"/>
        public Tensor Exp() => Pointwise.Of(new Exp(), x);

        /// <inheritdoc cref="MiniGrad.Log"/>
        public Tensor Log() => Pointwise.Of(new Log(), x);

        /// <inheritdoc cref="MiniGrad.Sin"/>
        public Tensor Sin() => Pointwise.Of(new Sin(), x);

        /// <inheritdoc cref="MiniGrad.Cos"/>
        public Tensor Cos() => Pointwise.Of(new Cos(), x);

        /// <inheritdoc cref="MiniGrad.Abs"/>
        public Tensor Abs() => Pointwise.Of(new Abs(), x);

        /// <inheritdoc cref="MiniGrad.Sign"/>
        public Tensor Sign() => Pointwise.Of(new Sign(), x);
    }
}
