namespace MiniGrad.Nn;

/// <summary>
/// Gradient descent with momentum, optionally Nesterov's, and weight decay added to the gradient; velocities as in
/// PyTorch (the first one is the gradient itself).
/// </summary>
public sealed class Sgd(double momentum = 0, bool nesterov = false, double weightDecay = 0) : Optimizer
{
    protected override Tensor Move(string name, Tensor value, Tensor gradient, double rate)
    {
        if (weightDecay != 0 && Decays(value)) gradient += value * weightDecay;
        if (momentum == 0) return value - gradient * rate;
        Tensor velocity = Recall(name, "velocity") is { } former ? former * momentum + gradient : gradient;
        Remember(name, "velocity", velocity);
        return value - (nesterov ? gradient + velocity * momentum : velocity) * rate;
    }
}
