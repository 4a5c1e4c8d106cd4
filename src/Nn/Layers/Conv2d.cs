namespace MiniGrad.Nn;

/// <summary>A two-dimensional convolution with weight [filters, channels / groups, kernel, kernel]; fresh weights as in PyTorch.</summary>
public sealed class Conv2d : Module
{
    private readonly ConvOptions options;

    public Conv2d(Params p, int channels, int filters, int kernel, ConvOptions? options = null, bool bias = true)
    {
        this.options = options ?? new ConvOptions();
        double bound = 1 / Math.Sqrt((double)channels / this.options.Groups * kernel * kernel);
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
