namespace MiniGrad.Nn;

/// <summary>A two-dimensional convolution with weight [filters, channels / groups, kernel, kernel]; fresh weights as in PyTorch, or He's for layers before a ReLU.</summary>
public sealed class Conv2d : Module
{
    private readonly ConvOptions options;

    public Conv2d(Params p, int channels, int filters, int kernel, ConvOptions? options = null, bool bias = true, bool rectified = false)
    {
        this.options = options ?? new ConvOptions();
        // Variance 2 / fan-out keeps gradients of one size through a chain of ReLUs. He et al., arXiv:1502.01852.
        double bound = rectified ? Math.Sqrt(6.0 * this.options.Groups / ((double)filters * kernel * kernel)) : 1 / Math.Sqrt((double)channels / this.options.Groups * kernel * kernel);
        Weight = p.Uniform("weight", [filters, channels / this.options.Groups, kernel, kernel], bound);
        Bias = bias ? p.Uniform("bias", [filters], bound) : null;
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor y = x.Conv2d(Weight.Value, options);
        return Bias is null ? y : y + Bias.Value.Reshape(1, Bias.Value.Shape[0], 1, 1);
    }
}
