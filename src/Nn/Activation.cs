namespace MiniGrad.Nn;

/// <summary>
/// A nonlinearity as a value that layers are given. A network of piecewise linear ones has an input Hessian that is
/// zero almost everywhere, which curvature probes must know.
/// </summary>
public sealed record Activation(string Name, bool IsPiecewiseLinear, Func<Tensor, Tensor> Apply)
{
    /// <summary>max(0, x).</summary>
    public static Activation Relu { get; } = new("relu", true, x => x.Relu());

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh { get; } = new("tanh", false, x => x.Tanh());

    /// <summary>x·σ(x). Elfwing et al., arXiv:1702.03118.</summary>
    public static Activation Silu { get; } = new("silu", false, x => x.Silu());

    /// <summary>x·Φ(x), Φ the normal distribution function. Hendrycks and Gimpel, arXiv:1606.08415.</summary>
    public static Activation Gelu { get; } = new("gelu", false, x => x.Gelu());

    /// <summary>x above 0, <paramref name="slope"/> · x below.</summary>
    public static Activation LeakyRelu(double slope = 0.01) => new($"leaky-relu({slope})", true, x => x.LeakyRelu(slope));

    /// <summary>x above 0, <paramref name="alpha"/> · (eˣ − 1) below. Clevert et al., arXiv:1511.07289.</summary>
    public static Activation Elu(double alpha = 1) => new($"elu({alpha})", false, x => x.Elu(alpha));

    /// <summary>A smooth ReLU: curvature studies replace ReLU by it.</summary>
    public static Activation Softplus(double beta) => new($"softplus({beta})", false, x => x.Softplus(beta));
}
