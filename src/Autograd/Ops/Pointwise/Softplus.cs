using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>log(1 + e^(βx))/β, a smooth ReLU. PyTorch cuts to x above βx = 20; here nothing is cut.</summary>
public readonly struct Softplus(double beta) : IPointwise
{
    public string Name => "softplus";

    public L Apply<L>(L x) where L : struct, ILane<L> => L.Max(x, L.Of(0)) + Log1p.Of(L.Exp(-L.Abs(x * L.Parameter(beta)))) / L.Parameter(beta);

    public Tensor? Chain(Tensor g, Tensor x, Tensor y) => g * (x * beta).Sigmoid();
}

public static partial class Ops
{
    extension(Tensor x)
    {
        public Tensor Softplus(double beta = 1)
        {
            if (!(beta > 0)) Throw.Range($"softplus: beta {beta} must be positive.");
            return Pointwise.Of(new Softplus(beta), x);
        }
    }
}
