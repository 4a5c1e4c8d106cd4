using BenchmarkDotNet.Attributes;
using MiniGrad.Kernels;

namespace MiniGrad.Bench;

/// <summary>One convolution of each kind, forward and both gradients.</summary>
public class ConvBenchmarks : KernelSuite
{
    private ConvShape shape;
    private Tensor x = null!;
    private Tensor w = null!;
    private Tensor dw = null!;
    private Tensor y = null!;

    [ParamsAllValues]
    public ConvKind Kind { get; set; }

    public override void Setup()
    {
        base.Setup();
        shape = Kind switch
        {
            ConvKind.LeNet => Square(batch: 64, channels: 6, side: 14, filters: 16, kernel: 5, stride: 1, pad: 0),
            ConvKind.Plain3x3 => Square(batch: 8, channels: 128, side: 28, filters: 128, kernel: 3, stride: 1, pad: 1),
            ConvKind.Strided3x3 => Square(batch: 8, channels: 128, side: 56, filters: 128, kernel: 3, stride: 2, pad: 1),
            ConvKind.Pointwise => Square(batch: 8, channels: 256, side: 56, filters: 64, kernel: 1, stride: 1, pad: 0),
            _ => Square(batch: 8, channels: 3, side: 224, filters: 64, kernel: 7, stride: 2, pad: 3),
        };
        x = Draw.Uniform(shape.Batch, shape.Channels, shape.Height, shape.Width);
        w = Draw.Uniform(shape.Filters, shape.Channels, shape.KernelHeight, shape.KernelWidth);
        y = Draw.Uniform(shape.Batch, shape.Filters, shape.OutHeight, shape.OutWidth);
        // As the weights of a network: kernels keep them packed.
        w.Storage.IsReused = true;
        dw = Tensor.Empty(w.Shape, DType.F32);
    }

    [Benchmark]
    public void Forward() => Backend.For(Device.Cpu).Conv(shape, x.View, w.View, default, y.View);

    [Benchmark]
    public void InputGradient() => Backend.For(Device.Cpu).ConvInput(shape, y.View, w.View, default, x.View);

    [Benchmark]
    public void WeightGradient() => Backend.For(Device.Cpu).ConvWeight(shape, x.View, y.View, dw.View);

    private static ConvShape Square(int batch, int channels, int side, int filters, int kernel, int stride, int pad) =>
        new(batch, channels, side, side, filters, kernel, kernel, stride, stride, pad, pad, 1, 1, 1);
}

/// <summary>The kinds of convolutions that networks are made of.</summary>
public enum ConvKind
{
    /// <summary>5 × 5 over few channels.</summary>
    LeNet,

    Plain3x3,

    Strided3x3,

    /// <summary>1 × 1.</summary>
    Pointwise,

    /// <summary>7 × 7, stride 2, over the three channels of a photo.</summary>
    Stem,
}
