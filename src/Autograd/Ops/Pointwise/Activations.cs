using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>max(x, 0); the slope at 0 is 0. A NaN stays one.</summary>
internal readonly struct Relu : IPointwise
{
    public string Name => "relu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(L.Of(0), x, L.Of(0), x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new ReluMask(0), g, x);
}

/// <summary>x where x &gt; 0, slope · x elsewhere; the slope at 0 is the one of the negative side, as in PyTorch.</summary>
internal readonly struct LeakyRelu(double slope) : IPointwise
{
    public string Name => "leaky-relu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), x, L.Parameter(slope) * x);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new ReluMask(slope), g, x);
}

/// <summary>slope · a where b ≤ 0, a elsewhere, so where b is NaN: the chain rule of ReLU and leaky ReLU in one pass.</summary>
internal readonly struct ReluMask(double slope) : IPointwise2
{
    public string Name => "gate";

    // Inlined by order: a call for each vector would cost more than the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L a, L b) where L : struct, ILane<L>
    {
        // 0 · ∞ would be NaN. Only a NaN differs from itself.
        L closed = slope == 0 ? L.Of(0) : L.Parameter(slope) * a;
        return L.IfGreater(b, L.Of(0), a, L.IfEqual(b, b, closed, a));
    }

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}

/// <summary>x where x &gt; 0, α(eˣ − 1) elsewhere. Clevert et al., arXiv:1511.07289.</summary>
internal readonly struct Elu(double alpha) : IPointwise
{
    public string Name => "elu";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.IfGreater(x, L.Of(0), x, L.Parameter(alpha) * Expm1.Of(x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (y + alpha).Where(x <= 0, 1);
}

/// <summary>The logistic function 1/(1 + e⁻ˣ).</summary>
internal readonly struct Sigmoid : IPointwise
{
    public string Name => "sigmoid";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Of(1) / (L.Of(1) + L.Exp(-x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * y * (1 - y);
}

/// <summary>log(1 + e^(βx))/β, a smooth ReLU. PyTorch cuts to x above βx = 20; here nothing is cut.</summary>
internal readonly struct Softplus(double beta) : IPointwise
{
    public string Name => "softplus";

    public L Apply<L>(L x) where L : struct, ILane<L> =>
        L.Max(x, L.Of(0)) + Log1p.Of(L.Exp(-L.Abs(x * L.Parameter(beta)))) / L.Parameter(beta);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (x * beta).Sigmoid();
}

/// <summary>GELU, x · Φ(x) with the exact normal distribution. Hendrycks and Gimpel, arXiv:1606.08415.</summary>
internal readonly struct Gelu : IPointwise
{
    public string Name => "gelu";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L x) where L : struct, ILane<L> => x * Normal.Below(x, Normal.Bell(x));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new GeluSlope(), g, x);
}

/// <summary>a · (Φ(b) + b φ(b)), φ the normal density: the chain rule of GELU in one pass.</summary>
internal readonly struct GeluSlope : IPointwise2
{
    public string Name => "gelu-slope";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L a, L b) where L : struct, ILane<L>
    {
        L bell = Normal.Bell(b);
        return a * L.MultiplyAdd(b * L.Of(Normal.Peak), bell, Normal.Below(b, bell));
    }

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    /// <summary>(Φ + xφ)′ = (2 − x²) φ.</summary>
    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y)
    {
        Tensor square = b.Square();
        return g * a * ((2 - square) * (square * -0.5).Exp() * Normal.Peak);
    }
}

/// <summary>x held inside [low, high]; the slope is 1 inside and on the bounds, 0 outside, as in PyTorch.</summary>
internal readonly struct Clamp(double low, double high) : IPointwise
{
    public string Name => "clamp";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Min(L.Max(x, L.Parameter(low)), L.Parameter(high));

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => Pointwise.Of(new Window(low, high), g, x);
}

/// <summary>a where low ≤ b ≤ high, 0 elsewhere, so where b is NaN: the chain rule of a clamp in one pass.</summary>
internal readonly struct Window(double low, double high) : IPointwise2
{
    public string Name => "window";

    public L Apply<L>(L a, L b) where L : struct, ILane<L> =>
        L.IfEqual(L.Min(L.Max(b, L.Parameter(low)), L.Parameter(high)), b, a, L.Of(0));

    public Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y) => Pointwise.Of(this, g, b);

    public Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y) => null;
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <inheritdoc cref="MiniGrad.Relu"/>
        public Tensor Relu() => Pointwise.Of(new Relu(), x);

        /// <inheritdoc cref="MiniGrad.LeakyRelu"/>
        public Tensor LeakyRelu(double slope = 0.01) => Pointwise.Of(new LeakyRelu(slope), x);

        /// <inheritdoc cref="MiniGrad.Elu"/>
        public Tensor Elu(double alpha = 1) => Pointwise.Of(new Elu(alpha), x);

        /// <inheritdoc cref="MiniGrad.Sigmoid"/>
        public Tensor Sigmoid() => Pointwise.Of(new Sigmoid(), x);

        /// <inheritdoc cref="MiniGrad.Softplus"/>
        /// <exception cref="ArgumentOutOfRangeException">β is not positive.</exception>
        public Tensor Softplus(double beta = 1)
        {
            if (!(beta > 0)) Throw.Range($"softplus: beta {beta} must be positive.");
            return Pointwise.Of(new Softplus(beta), x);
        }

        /// <inheritdoc cref="MiniGrad.Gelu"/>
        public Tensor Gelu() => Pointwise.Of(new Gelu(), x);

        /// <summary>GELU with the tanh approximation of the same paper.</summary>
        public Tensor GeluTanh() => x * (((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1) * 0.5;

        /// <inheritdoc cref="MiniGrad.Clamp"/>
        public Tensor Clamp(double low, double high) => Pointwise.Of(new Clamp(low, high), x);
    }
}
