namespace MiniGrad.Nn.Layers;

/// <summary>
/// A two-dimensional convolution with weight [filters, channels / groups, kernel, kernel]; fresh weights as in PyTorch, or
/// He's for layers before a ReLU.
/// </summary>
public sealed class Conv2d : Module
{
    private readonly ConvOptions options;
    private FoldedWeights? folded;

    /// <summary>A layer with its weights; <paramref name="rectified"/> tells that a ReLU follows, for fresh ones.</summary>
    public Conv2d(Params p, int channels, int filters, int kernel, ConvOptions? options = null, bool bias = true, bool rectified = false)
    {
        this.options = options ?? new ConvOptions();
        // Variance 2 / fan-out keeps gradients of one size through a chain of ReLUs. He et al., arXiv:1502.01852.
        double bound = rectified
            ? Math.Sqrt(6.0 * this.options.Groups / ((double)filters * kernel * kernel))
            : 1 / Math.Sqrt((double)channels / this.options.Groups * kernel * kernel);
        Weight = p.Uniform("weight", [filters, channels / this.options.Groups, kernel, kernel], bound);
        Bias = bias ? p.Uniform("bias", [filters], bound) : null;
    }

    /// <summary>[filters, channels / groups, kernel, kernel].</summary>
    public Parameter Weight { get; }

    /// <summary>[filters], or none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) => Forward(x, pass, null);

    /// <summary>
    /// act(norm(conv x) + residual), each part optional, without a pass over memory for any of them where that is possible: in
    /// inference the normalisation is a factor of the weights and a shift, and shift, residual and ReLU are part of the
    /// convolution.
    /// </summary>
    public Tensor Forward(Tensor x, Pass? pass, BatchNorm? norm, Activation? act = null, Tensor? residual = null)
    {
        bool relu = ReferenceEquals(act, Activation.Relu);
        Tensor y;
        if (norm is null)
        {
            y = x.Conv2d(Weight.Value, options, Bias?.Value, residual, relu);
        }
        else if (pass is not { IsTraining: true } && Bias is null)
        {
            (Tensor weight, Tensor shift) = Folded(norm);
            y = x.Conv2d(weight, options, shift, residual, relu);
        }
        else
        {
            y = norm.Forward(Forward(x, pass), pass);
            if (residual is not null) y += residual;
            return act is null ? y : act.Apply(y);
        }
        return act is null || relu ? y : act.Apply(y);
    }

    /// <summary>
    /// The weights with a normalisation's factor, and its shift; kept until either
    /// changes, made anew while either is tracked.
    /// </summary>
    private (Tensor Weight, Tensor Shift) Folded(BatchNorm norm)
    {
        if (Weight.Value.Origin is not null || norm.Affine is not { } affine)
        {
            (Tensor scale, Tensor added) = norm.Affine ?? norm.TrackedAffine;
            return (Scaled(scale), added);
        }
        if (folded is { } known && ReferenceEquals(known.From, Weight.Value) && ReferenceEquals(known.Factor, affine.Factor))
        {
            return (known.Weight, affine.Shift);
        }
        using (Recording.Pause())
        using (Arena.Outside())
        {
            Tensor weight = Scaled(affine.Factor);
            weight.Storage.IsReused = true;
            folded = new(Weight.Value, affine.Factor, weight);
            return (weight, affine.Shift);
        }
    }

    private Tensor Scaled(Tensor factor) => Weight.Value * factor.Reshape(factor.Shape[0], 1, 1, 1);

    private sealed record FoldedWeights(Tensor From, Tensor Factor, Tensor Weight);
}
