namespace MiniGrad.Probes.Curvature;

/// <summary>Where gradients are compared.</summary>
internal enum DifferenceSides
{
    /// <summary>A step before and a step behind the image; error of order h².</summary>
    Both,

    /// <summary>At the image and a step ahead; error of order h, and not symmetric.</summary>
    Ahead,
}

/// <summary>
/// H v ≈ ‖v‖ [∇f(x + h v/‖v‖) − ∇f(x − h v/‖v‖)] / 2h. The step h is a distance in pixel space, whatever the length of v.
/// For a piecewise linear network the result is a property of h too: it counts the kinks within a step.
/// </summary>
/// <param name="Sides">Central or forward differences.</param>
/// <param name="Step">The distance h, pixels being 0 to 1.</param>
internal sealed record DifferenceHessian(DifferenceSides Sides = DifferenceSides.Both, double Step = DifferenceHessian.UsualStep)
    : HessianMethod
{
    /// <summary>The step of the MNIST study.</summary>
    public const double UsualStep = 0.1;

    public override void Check()
    {
        if (!(Step > 0 && double.IsFinite(Step)))
        {
            Throw.Range($"hessian: step {Step} must be positive and finite. The usual one is {UsualStep}.");
        }
    }

    public override LocalHessian At(Classifier classifier, Tensor images, Tensor weights)
    {
        Check();
        return new Between(this, classifier, images.Detach(), weights);
    }

    public override Tensor EveryClass(Classifier classifier, Tensor images, Tensor v)
    {
        Check();
        CheckFit(images, v);
        return Difference(images, v, points => Jacobian(classifier, points));
    }

    /// <summary>Compares slopes along v, so one walk forward serves all classes.</summary>
    public override Tensor Quadratic(Classifier classifier, Tensor images, Tensor v)
    {
        Check();
        // One image's slopes differ from direction to direction, so its own are taken once for each.
        return Difference(Repeat(images, v), v, points => Tangent.Of(classifier.Logits, points, v).Tangent);
    }

    /// <summary>(at(x + h v̂) − at(x − h v̂)) · ‖v‖/2h, row by row; a direction of zero gives zero.</summary>
    private Tensor Difference(Tensor images, Tensor v, Func<Tensor, Tensor> at)
    {
        using RowBuffer<double> lengths = Rows.L2(v);
        using RowBuffer<double> inverse = new(lengths.Count);
        double span = Sides == DifferenceSides.Both ? 2 * Step : Step;
        for (int i = 0; i < lengths.Count; i++)
        {
            inverse[i] = lengths[i] > 0 ? Step / lengths[i] : 0;
            lengths[i] /= span;
        }
        Tensor step = v * Rows.Scale(inverse.Span, v);
        Tensor ahead = at(images + step);
        Tensor behind = at(Sides == DifferenceSides.Both ? images - step : images);
        Tensor change = ahead - behind;
        return change * Rows.Scale(lengths.Span, change);
    }

    private sealed class Between(DifferenceHessian method, Classifier classifier, Tensor images, Tensor weights) : LocalHessian
    {
        /// <summary>Taken here, not at a product, whose memory ends with it.</summary>
        private readonly Tensor? kept = method.Sides == DifferenceSides.Ahead ? HessianMethod.Gradient(classifier, images, weights) : null;

        public override Tensor Gradient => kept ?? HessianMethod.Gradient(classifier, images, weights);

        public override Tensor Times(Tensor v) =>
            method.Difference(images, v,
                points => ReferenceEquals(points, images) ? Gradient : HessianMethod.Gradient(classifier, points, weights));
    }
}
