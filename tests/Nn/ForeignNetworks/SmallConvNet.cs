using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

namespace MiniGrad.Tests.Nn.ForeignNetworks;

/// <summary>
/// Convolutions, then linear layers, with a ReLU between any two. The weights are named as in PyTorch's Sequential: by
/// the position in a list that counts the ReLUs and the flattening too.
/// </summary>
internal sealed class SmallConvNet : Network
{
    private readonly List<Conv2d> convolutions = [];
    private readonly List<Linear> linears = [];

    public SmallConvNet(Params p, Shape image, (int Filters, int Kernel, int Stride, int Pad)[] filters, int[] units) : base(p)
    {
        (int channels, int height, int width) = (image[0], image[1], image[2]);
        int position = 0;
        foreach ((int count, int kernel, int stride, int pad) in filters)
        {
            convolutions.Add(new(p / $"{position}", channels, count, kernel, ConvOptions.Square(stride, pad)));
            position += 2;
            channels = count;
            height = (height + 2 * pad - kernel) / stride + 1;
            width = (width + 2 * pad - kernel) / stride + 1;
        }
        int inputs = channels * height * width;
        foreach (int outputs in units)
        {
            linears.Add(new(p / $"{position + 1}", inputs, outputs));
            position += 2;
            inputs = outputs;
        }
        InputShape = image;
        ClassCount = inputs;
    }

    public override Shape InputShape { get; }

    public override int ClassCount { get; }

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        foreach (Conv2d convolution in convolutions) x = convolution.Forward(x, pass).Relu();
        x = x.Flatten();
        foreach (Linear linear in linears[..^1]) x = linear.Forward(x, pass).Relu();
        return linears[^1].Forward(x, pass);
    }
}
