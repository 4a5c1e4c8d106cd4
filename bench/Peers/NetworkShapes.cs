using MiniGrad.Kernels;
using MiniGrad.Nn;

namespace MiniGrad.Bench.Peers;

/// <summary>A square convolution of a network, and how often it occurs there.</summary>
/// <param name="Side">Height and width of its input.</param>
/// <param name="Pad">Half the kernel unless given.</param>
internal sealed record ConvLayer(int Channels, int Filters, int Side, int Kernel = 3, int Stride = 1, int Times = 1, int? Pad = null)
{
    public long Weights => (long)Channels * Filters * Kernel * Kernel;

    public ConvShape Shape(int batch)
    {
        int pad = Pad ?? Kernel / 2;
        return new(batch, Channels, Side, Side, Filters, Kernel, Kernel, Stride, Stride, pad, pad, 1, 1, 1);
    }

    /// <summary>Of the forward pass of one image; either gradient costs the same.</summary>
    public double Flops => 2.0 * Weights * Shape(1).OutPixels;
}

/// <summary>A matrix product of one image: x [Rows, Inner] by weights, or by another activation.</summary>
internal sealed record ProductLayer(int Rows, int Inner, int Columns, int Times = 1, bool HasWeights = true)
{
    public double Flops => 2.0 * Rows * Inner * Columns;
}

/// <summary>The convolutions and products of a network, in the order of their first use.</summary>
internal sealed record NetworkShapes(string Name, int[] Image, int Classes, ConvLayer[] Convolutions, ProductLayer[] Products)
{
    /// <summary>Floating-point operations for one image. A product of two activations has two gradients on the way to the image.</summary>
    public double Flops(Work work)
    {
        double forward = Convolutions.Sum(c => c.Flops * c.Times) + Products.Sum(p => p.Flops * p.Times);
        double input = forward + Products.Where(p => !p.HasWeights).Sum(p => p.Flops * p.Times);
        double weight = Convolutions.Sum(c => c.Flops * c.Times) + Products.Where(p => p.HasWeights).Sum(p => p.Flops * p.Times);
        // The first layer needs no input gradient in training. A Hessian-vector product has a tangent for each product of a gradient.
        return work switch
        {
            Work.Forward => forward,
            Work.ForwardAndInputGradient => forward + input,
            Work.TrainingStep => forward + input + weight - (Convolutions.Length > 0 ? Convolutions[0].Flops : 0),
            _ => 2 * (forward + input),
        };
    }

    /// <summary>Throws unless the table holds the weights of the network itself.</summary>
    public void Check(Network network)
    {
        long table = Convolutions.Sum(c => c.Weights * c.Times)
            + Products.Where(p => p.HasWeights).Sum(p => (long)p.Inner * p.Columns * p.Times);
        long real = network.Parameters.Where(p => p.Value.Rank is 2 or 4).Sum(p => p.Value.Count);
        if (table != real) throw new InvalidOperationException($"{Name}: its table of layers has {table} weights, the network {real}.");
    }
}
