namespace MiniGrad.Nn.Layers;

/// <summary>Batch normalisation of the channel axis: batch statistics while training, running ones otherwise. arXiv:1502.03167.</summary>
public sealed class BatchNorm : Module
{
    private readonly double epsilon;
    private readonly double momentum;
    private KeptAffine? kept;

    /// <summary>A layer for this many channels; <paramref name="momentum"/> is the share of a batch in the running statistics.</summary>
    public BatchNorm(Params p, int channels, double epsilon = 1e-5, double momentum = 0.1)
    {
        this.epsilon = epsilon;
        this.momentum = momentum;
        Weight = p.Constant("weight", [channels], 1);
        Bias = p.Constant("bias", [channels], 0);
        RunningMean = p.Constant("running_mean", [channels], 0, trainable: false);
        RunningVariance = p.Constant("running_var", [channels], 1, trainable: false);
        // PyTorch counts training batches here; the momentum is constant, so nothing depends on it.
        p.Ignore("num_batches_tracked");
    }

    /// <summary>The factor γ of each channel, [channels].</summary>
    public Parameter Weight { get; }

    /// <summary>The shift β of each channel, [channels].</summary>
    public Parameter Bias { get; }

    /// <summary>The mean of each channel that inference takes off, [channels].</summary>
    public Parameter RunningMean { get; }

    /// <summary>The variance of each channel that inference divides by the root of, [channels].</summary>
    public Parameter RunningVariance { get; }

    /// <summary>
    /// Factor and shift of each channel in inference, kept until a value changes; none while a value is tracked, since derivatives
    /// would not find their way through.
    /// </summary>
    public (Tensor Factor, Tensor Shift)? Affine
    {
        get
        {
            (Tensor scale, Tensor shift, Tensor mean, Tensor variance) =
                (Weight.Value, Bias.Value, RunningMean.Value, RunningVariance.Value);
            if (scale.Origin is not null || shift.Origin is not null || mean.Origin is not null || variance.Origin is not null) return null;
            if (kept is not { } known || !ReferenceEquals(known.Scale, scale) || !ReferenceEquals(known.Bias, shift)
                || !ReferenceEquals(known.Mean, mean) || !ReferenceEquals(known.Variance, variance))
            {
                using (Recording.Pause())
                using (Arena.Outside())
                {
                    (Tensor factor, Tensor added) = TrackedAffine;
                    kept = known = new(scale, shift, mean, variance, factor, added);
                }
            }
            return (known.Factor, known.Shift);
        }
    }

    /// <summary>Factor and shift of each channel in inference as functions of the values.</summary>
    internal (Tensor Factor, Tensor Shift) TrackedAffine
    {
        get
        {
            Tensor factor = Weight.Value * (RunningVariance.Value + epsilon).Rsqrt();
            return (factor, Bias.Value - RunningMean.Value * factor);
        }
    }

    /// <summary>act(norm x); in inference a ReLU is part of the normalisation's pass over memory.</summary>
    public Tensor Forward(Tensor x, Pass? pass, Activation act)
    {
        if (pass is { IsTraining: true } || !ReferenceEquals(act, Activation.Relu) || Affine is not { } affine)
        {
            return act.Apply(Forward(x, pass));
        }
        return x.ChannelAffine(affine.Factor, affine.Shift, relu: true);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        if (pass is not { IsTraining: true })
        {
            if (Affine is { } affine) return x.ChannelAffine(affine.Factor, affine.Shift);
            return x.BatchNorm(RunningMean.Value, RunningVariance.Value, Weight.Value, Bias.Value, epsilon);
        }
        (Tensor y, Tensor mean, Tensor variance) = x.BatchNormTraining(Weight.Value, Bias.Value, epsilon);
        double n = (double)x.Count / x.Shape[1];
        double unbiased = n / Math.Max(1, n - 1);
        pass.Updates.Add((RunningMean, Blend(RunningMean, mean.Detach())));
        pass.Updates.Add((RunningVariance, Blend(RunningVariance, variance.Detach() * unbiased)));
        return y;
    }

    private sealed record KeptAffine(Tensor Scale, Tensor Bias, Tensor Mean, Tensor Variance, Tensor Factor, Tensor Shift);

    private Tensor Blend(Parameter running, Tensor fresh) => running.Value.Detach() * (1 - momentum) + fresh * momentum;
}
