using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The curvature of the cross-entropy in the image, which CURE makes small: the ends of the spectrum of its Hessian, without
/// projection or division by a gradient. It is another thing than the curvature of a boundary. Piecewise linear networks have
/// it too, by the curvature of the softmax.
/// </summary>
public sealed record LossCurvature
{
    /// <summary>How the ends of the spectrum are found: one eigenvalue of each end in 20 steps by default.</summary>
    public Lanczos Extremes { get; init; } = new(Count: 1, Steps: 20);

    /// <summary>At each image [N, …] with its label.</summary>
    /// <exception cref="ArgumentException">The images or labels do not fit the classifier.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public LossCurvatureResult[] Of(Classifier classifier, Tensor images, int[] labels, RunContext? run = null)
    {
        run ??= new RunContext();
        classifier.CheckImages(images, "loss curvature");
        classifier.CheckClasses(labels, images.Shape[0], "loss curvature");
        Extremes.Check((int)classifier.InputShape.Count);
        LossCurvatureResult[] results = new LossCurvatureResult[labels.Length];
        for (int n = 0; n < results.Length; n++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            results[n] = One(classifier, images.Detach().Take(0, new AxisRange(n, 1)).Contiguous(),
                labels[n], run.FirstIndex + n, run.ExampleRng(n).At("loss curvature"));
        }
        return results;
    }

    private LossCurvatureResult One(Classifier classifier, Tensor image, int label, int index, Rng rng)
    {
        Tensor leaf = image.To(classifier.Device).Tracked();
        Tensor loss, slope;
        using (Recording.On())
        {
            loss = classifier.Logits(leaf).CrossEntropy([label], LossReduction.Sum);
            slope = Gradient.Of(loss, leaf, record: true);
        }
        double[] gradient = BoundaryFrames.Doubles(slope);
        BoundaryFrames.CheckFinite(gradient, gradient.Length, "the gradient of the loss", index);
        ExtremeEigenvalues ends = Extremes.Run(gradient.Length, v =>
        {
            double[] product = Arena.Step(
                () => BoundaryFrames.Doubles(Tangent.Of(slope, leaf, Tensor.From(v, image.Shape, leaf.Device).Cast(image.Type))), _ => []);
            BoundaryFrames.CheckFinite(product, product.Length, "a second derivative of the loss", index);
            return product;
        }, rng);
        return new(index, loss.Detach().Item(), Math.Sqrt(TangentSpace.Dot(gradient, gradient)), ends);
    }
}

/// <summary>The loss at an image, the length of its gradient and the ends of the spectrum of its Hessian.</summary>
public sealed record LossCurvatureResult(int Index, double Loss, double GradientNorm, ExtremeEigenvalues Ends)
{
    /// <summary>The largest eigenvalue ν.</summary>
    public double Largest => Ends.Largest[0];

    /// <summary>
    /// The shortest perturbation that can raise the loss to a threshold, were the loss quadratic with no eigenvalue above ν:
    /// (‖g‖/ν)(√(1 + 2νc/‖g‖²) − 1), c = threshold − loss. Moosavi-Dezfooli et al., arXiv:1811.09716, theorem 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is below the loss.</exception>
    public double LeastPerturbation(double threshold)
    {
        double c = threshold - Loss;
        if (!(c >= 0)) Throw.Range($"loss curvature: the threshold {threshold} is below the loss {Loss}.");
        if (c == 0) return 0;
        double g = GradientNorm;
        if (Largest <= 0) return g > 0 ? c / g : double.PositiveInfinity;
        // The root of ½νr² + gr = c; this form loses nothing where ν is small, and holds for g = 0.
        return 2 * c / (g + Math.Sqrt(g * g + 2 * Largest * c));
    }
}
