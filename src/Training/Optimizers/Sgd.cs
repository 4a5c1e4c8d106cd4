namespace MiniGrad.Training.Optimizers;

/// <summary>
/// Gradient descent with momentum, optionally Nesterov's, and weight decay added to the gradient; velocities as in
/// PyTorch (the first one is the gradient itself).
/// </summary>
public sealed class Sgd(double momentum = 0, bool nesterov = false, double weightDecay = 0) : Optimizer
{
    /// <inheritdoc/>
    protected override Tensor Move(string name, Tensor value, Tensor gradient, double rate)
    {
        if (weightDecay != 0 && Decays(value)) gradient = gradient.Blend(1, value, weightDecay);
        if (momentum == 0) return value.Blend(1, gradient, -rate);
        Tensor velocity = Recall(name, "velocity") is { } former ? former.Blend(momentum, gradient, 1) : gradient;
        Remember(name, "velocity", velocity);
        return value.Blend(1, nesterov ? gradient.Blend(1, velocity, momentum) : velocity, -rate);
    }
}
