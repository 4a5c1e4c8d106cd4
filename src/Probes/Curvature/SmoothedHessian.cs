namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The Hessian of the logits smoothed by a Gaussian: H_σ = E[(∇f(x + σu) − ∇f(x − σu)) uᵀ] / 2σ with u normal, which is
/// defined for piecewise linear networks too. The mean over fixed samples, made symmetric; each draws its numbers from
/// the seed and its own index, so all images and directions see the same samples.
/// </summary>
/// <param name="Deviation">σ, pixels being 0 to 1.</param>
/// <param name="Samples">How many u are drawn; the error falls with their square root.</param>
/// <param name="Seed">Of the samples.</param>
public sealed record SmoothedHessian(double Deviation = 0.1, int Samples = 256, long Seed = 0) : HessianMethod
{
    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Deviation > 0 && double.IsFinite(Deviation)))
        {
            Throw.Range($"hessian: deviation {Deviation} of the smoothing must be positive and finite.");
        }
        if (Samples < 2) Throw.Range($"hessian: {Samples} samples of the smoothing; at least 2 are needed.");
    }

    /// <inheritdoc/>
    public override LocalHessian At(Classifier classifier, Tensor images, Tensor weights)
    {
        Check();
        images = images.Detach();
        Tensor[] samples = new Tensor[Samples];
        Tensor[] changes = new Tensor[Samples];
        for (int s = 0; s < Samples; s++)
        {
            samples[s] = Sample(s, images);
            changes[s] = Change(images, samples[s], points => Gradient(classifier, points, weights));
        }
        return new Mean(Blurred(images, points => Gradient(classifier, points, weights)), samples, changes);
    }

    /// <inheritdoc/>
    public override Tensor Slopes(Classifier classifier, Tensor images)
    {
        Check();
        return Blurred(images.Detach(), points => Jacobian(classifier, points));
    }

    /// <summary>The mean of a function over the samples around the images.</summary>
    private Tensor Blurred(Tensor images, Func<Tensor, Tensor> at)
    {
        Tensor? sum = null;
        for (int s = 0; s < Samples; s++)
        {
            sum = Arena.Step(
                () =>
                {
                    Tensor step = Sample(s, images) * Deviation;
                    Tensor part = at(images + step) + at(images - step);
                    return sum is null ? part : sum + part;
                }, total => [total]);
        }
        return sum! * (0.5 / Samples);
    }

    /// <inheritdoc/>
    public override Tensor EveryClass(Classifier classifier, Tensor images, Tensor v)
    {
        Check();
        CheckFit(images, v);
        // One image for all directions is differentiated once for each sample.
        Tensor points = images.Detach();
        Tensor rows = v.Unsqueeze(1);
        Tensor? sum = null;
        for (int s = 0; s < Samples; s++)
        {
            sum = Arena.Step(
                () =>
                {
                    Tensor u = Sample(s, points);
                    Tensor part = Symmetric(Change(points, u, at => Jacobian(classifier, at)), u.Unsqueeze(1), rows, from: 2);
                    return sum is null ? part : sum + part;
                }, total => [total]);
        }
        return sum! * (1.0 / Samples);
    }

    /// <inheritdoc/>
    public override Tensor Quadratic(Classifier classifier, Tensor images, Tensor v)
    {
        Tensor products = EveryClass(classifier, images, v);
        return (products * v.Unsqueeze(1)).Sum([.. Enumerable.Range(2, products.Rank - 2)]);
    }

    private Tensor Change(Tensor points, Tensor u, Func<Tensor, Tensor> at) =>
        (at(points + u * Deviation) - at(points - u * Deviation)) * (0.5 / Deviation);

    /// <summary>One sample, the same for every row.</summary>
    private Tensor Sample(int index, Tensor like)
    {
        double[] normal = new Rng(Seed).At("smoothing").At(index).Normal((int)(like.Count / like.Shape[0]));
        return Tensor.From(normal, like.Shape.With(0, 1), like.Device).Cast(like.Type).BroadcastTo(like.Shape);
    }

    /// <summary>½ (change uᵀ + u changeᵀ) v; the inner products are over the axes from the given one on.</summary>
    private static Tensor Symmetric(Tensor change, Tensor u, Tensor v, int from)
    {
        int[] axes = [.. Enumerable.Range(from, change.Rank - from)];
        return (change * (u * v).Sum(axes, keepDims: true) + u * (change * v).Sum(axes, keepDims: true)) * 0.5;
    }

    private sealed class Mean(Tensor gradient, Tensor[] samples, Tensor[] changes) : LocalHessian
    {
        public override Tensor Gradient { get; } = gradient;

        public override Tensor Times(Tensor v)
        {
            Tensor? sum = null;
            for (int s = 0; s < samples.Length; s++)
            {
                Tensor part = Symmetric(changes[s], samples[s], v, from: 1);
                sum = sum is null ? part : sum + part;
            }
            return sum! * (1.0 / samples.Length);
        }
    }
}
