namespace MiniGrad.Training.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, arXiv:1412.6980); weight decay is added to the gradient, or decoupled as AdamW (arXiv:1711.05101).
/// </summary>
public sealed class Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool decoupled = false)
    : Optimizer
{
    /// <summary>Adam with decoupled weight decay.</summary>
    public static Adam W(double weightDecay = 0.01) => new(weightDecay: weightDecay, decoupled: true);

    /// <inheritdoc/>
    protected override Tensor Move(string name, Tensor value, Tensor gradient, double rate)
    {
        bool decays = weightDecay != 0 && Decays(value);
        if (decays && decoupled) value *= 1 - rate * weightDecay;
        else if (decays) gradient += value * weightDecay;
        Tensor mean = gradient * (1 - beta1);
        Tensor square = gradient.Square() * (1 - beta2);
        if (Recall(name, "mean") is { } m && Recall(name, "square") is { } s)
        {
            mean += m * beta1;
            square += s * beta2;
        }
        Remember(name, "mean", mean);
        Remember(name, "square", square);
        double unbias1 = 1 - Math.Pow(beta1, Steps);
        double unbias2 = 1 - Math.Pow(beta2, Steps);
        return value - mean * (rate / unbias1) / ((square * (1 / unbias2)).Sqrt() + epsilon);
    }
}
