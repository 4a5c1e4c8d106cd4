namespace MiniGrad.Nn;

/// <summary>
/// A nonlinearity as a value that layers are given. A network of piecewise linear ones has an input Hessian that is
/// zero almost everywhere, which curvature probes must know.
/// </summary>
public sealed record Activation(string Name, bool IsPiecewiseLinear, Func<Tensor, Tensor> Apply)
{
    public static Activation Relu { get; } = new("relu", true, x => x.Relu());

    public static Activation Tanh { get; } = new("tanh", false, x => x.Tanh());

    public static Activation Silu { get; } = new("silu", false, x => x.Silu());

    public static Activation Gelu { get; } = new("gelu", false, x => x.Gelu());

    public static Activation LeakyRelu(double slope = 0.01) => new($"leaky-relu({slope})", true, x => x.LeakyRelu(slope));

    public static Activation Elu(double alpha = 1) => new($"elu({alpha})", false, x => x.Elu(alpha));

    /// <summary>A smooth ReLU: curvature studies replace ReLU by it.</summary>
    public static Activation Softplus(double beta) => new($"softplus({beta})", false, x => x.Softplus(beta));
}
