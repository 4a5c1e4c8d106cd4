using MiniGrad.Nn;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// CURE, curvature regularisation: mean ℓ(x) + γ · mean ‖∇ℓ(x + z) − ∇ℓ(x)‖², ∇ = ∂/∂x of each image's own loss, with the
/// constant step z = h · s/‖s‖₂, s = sign ∇ℓ(x). The first term is computed in training mode, the second in inference mode:
/// batch normalisation goes by its running statistics there and they do not move.
/// Moosavi-Dezfooli et al., arXiv:1811.09716.
/// </summary>
/// <remarks>
/// Images are pixels in [0, 1], before any normalisation; so are h and the ∇. The steps 0.1 to 3 of the public code are in
/// units of normalised pixels: 3 of these are 0.6 to 0.7 pixels of CIFAR-10 (standard deviation 0.2 to 0.23), 0.92 of MNIST
/// (0.308). In the same way ‖Δ‖² of pixels is 1/deviation² of that of normalised pixels, about 20 times on CIFAR-10, and γ
/// weighs so much more. x + z may leave [0, 1].
/// </remarks>
/// <param name="Gamma">The weight γ of the second term.</param>
/// <param name="MaximumStep">The length h of z, in L2 over pixels in [0, 1], once it is fully grown.</param>
/// <param name="RampEpochs">Over so many epochs h grows from 0 in a straight line.</param>
/// <param name="Squared">Whether ‖Δ‖ is squared, as in the paper; the public code takes the norm itself.</param>
public sealed record CureObjective(double Gamma = 4, double MaximumStep = 0.6, double RampEpochs = 5, bool Squared = true) : Objective
{
    /// <inheritdoc/>
    public override string Name => "cure";

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Gamma >= 0 && double.IsFinite(Gamma))) Throw.Range($"recipe: the curvature weight {Gamma} must be finite and at least 0.");
        if (!(MaximumStep >= 0 && double.IsFinite(MaximumStep)))
        {
            Throw.Range($"recipe: the curvature step {MaximumStep} must be finite and at least 0.");
        }
        if (!(RampEpochs >= 0 && double.IsFinite(RampEpochs)))
        {
            Throw.Range($"recipe: the curvature step grows over {RampEpochs} epochs; that must be finite and at least 0.");
        }
    }

    /// <summary>The step h at a moment of the training.</summary>
    public double StepAt(double epoch) => epoch >= RampEpochs ? MaximumStep : MaximumStep * epoch / RampEpochs;

    /// <inheritdoc/>
    public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch)
    {
        double step = StepAt(batch.Epoch);
        bool curves = Gamma > 0 && step > 0;
        Tensor images = curves ? batch.Images.Tracked() : batch.Images;
        Tensor logits = network.Forward(images, batch.Pass);
        Tensor loss = logits.CrossEntropy(batch.Labels);
        if (!curves) return (loss, logits);
        // A network without batch normalisation and dropout has inferred already.
        Tensor inferred = batch.Pass.DependsOnMode ? network.Forward(images) : logits;
        return (loss + Change(network, images, inferred, batch.Labels, step).Mean() * Gamma, logits);
    }

    /// <summary>
    /// ‖∇ℓ(x + z) − ∇ℓ(x)‖² of each image, [N], or without the square, for a step of length h; 0 where ∇ℓ(x) is exactly 0.
    /// </summary>
    public Tensor Change(Network network, Tensor images, int[] labels, double step)
    {
        images = images.Tracked();
        return Change(network, images, network.Forward(images), labels, step);
    }

    private Tensor Change(Network network, Tensor images, Tensor logits, int[] labels, double step)
    {
        Tensor here = Slope(images, logits, labels);
        Tensor sign = here.Detach().Sign();
        // 0 / 0: an image without a slope has no direction, so it is not moved.
        Tensor moved = (images.Detach() + sign * (sign.NormL2([1, 2, 3], keepDims: true).InverseOrZero() * step)).Tracked();
        Tensor change = Slope(moved, network.Forward(moved), labels) - here;
        return Squared ? change.Square().Sum([1, 2, 3]) : change.NormL2([1, 2, 3]);
    }

    /// <summary>∂ℓ/∂x of each image: the gradient of the sum, not of the mean, or γ would depend on the batch.</summary>
    private static Tensor Slope(Tensor images, Tensor logits, int[] labels) =>
        Gradient.Of(logits.CrossEntropy(labels, LossReduction.Sum), images, record: true);
}
