using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>Stride, zero padding, dilation and groups of a two-dimensional convolution.</summary>
public readonly record struct ConvOptions(
    int StrideY = 1, int StrideX = 1, int PadY = 0, int PadX = 0, int DilationY = 1, int DilationX = 1, int Groups = 1)
{
    /// <summary>Stride 1, no padding, dilation 1, one group.</summary>
    public ConvOptions() : this(1)
    {
    }

    /// <summary>The same stride, padding and dilation along both axes.</summary>
    public static ConvOptions Square(int stride = 1, int pad = 0, int dilation = 1, int groups = 1) =>
        new(stride, stride, pad, pad, dilation, dilation, groups);
}

/// <summary>The correlation of images with filters; closed under differentiation together with its two adjoints.</summary>
internal sealed class Convolve(ConvShape shape) : BilinearOp, IFusingOp
{
    public override string Name => "conv2d";

    public bool IsRelu => false;

    public Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion)
    {
        Tensor?[] parts = Vjp(node, g, needs.Without(0));
        if (needs[0]) parts[0] = ConvolveInput.Folded(shape, g.Contiguous(), node.Inputs[1], fusion);
        return parts;
    }

    protected override Tensor Compute(Tensor x, Tensor w)
    {
        Tensor y = Tensor.Empty([shape.Batch, shape.Filters, shape.OutHeight, shape.OutWidth], x.Type, x.Device);
        Backend.For(x.Device).Conv(shape, x.View, w.View, default, y.View);
        return y;
    }

    protected override Tensor AdjointLeft(Tensor u, Tensor w) => new ConvolveInput(shape).Apply(u.Contiguous(), w);

    protected override Tensor AdjointRight(Tensor x, Tensor u) => new ConvolveWeight(shape).Apply(x, u.Contiguous());
}

/// <summary>The adjoint of <see cref="Convolve"/> in the image: (g, w) ↦ dx.</summary>
internal sealed class ConvolveInput(ConvShape shape) : BilinearOp
{
    public override string Name => "conv2d-input";

    protected override Tensor Compute(Tensor g, Tensor w)
    {
        Tensor dx = Tensor.Empty([shape.Batch, shape.Channels, shape.Height, shape.Width], g.Type, g.Device);
        Backend.For(g.Device).ConvInput(shape, g.View, w.View, default, dx.View);
        return dx;
    }

    /// <summary>The adjoint with a walk's wishes, not recorded.</summary>
    public static Tensor Folded(ConvShape shape, Tensor g, Tensor w, in CotangentFusion fusion)
    {
        Tensor dx = Tensor.Empty([shape.Batch, shape.Channels, shape.Height, shape.Width], g.Type, g.Device);
        Backend.For(g.Device).ConvInput(shape, g.View, w.View,
            new Epilogue(null, fusion.Sum?.Contiguous().View, false, fusion.Mask?.Contiguous().View), dx.View);
        return dx;
    }

    protected override Tensor AdjointLeft(Tensor u, Tensor w) => new Convolve(shape).Apply(u.Contiguous(), w);

    protected override Tensor AdjointRight(Tensor g, Tensor u) => new ConvolveWeight(shape).Apply(u.Contiguous(), g);
}

/// <summary>The adjoint of <see cref="Convolve"/> in the filters: (x, g) ↦ dw.</summary>
internal sealed class ConvolveWeight(ConvShape shape) : BilinearOp
{
    public override string Name => "conv2d-weight";

    protected override Tensor Compute(Tensor x, Tensor g)
    {
        Tensor dw = Tensor.Empty([shape.Filters, shape.GroupChannels, shape.KernelHeight, shape.KernelWidth], x.Type, x.Device);
        Backend.For(x.Device).ConvWeight(shape, x.View, g.View, dw.View);
        return dw;
    }

    protected override Tensor AdjointLeft(Tensor u, Tensor g) => new ConvolveInput(shape).Apply(g, u.Contiguous());

    protected override Tensor AdjointRight(Tensor x, Tensor u) => new Convolve(shape).Apply(x, u.Contiguous());
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>x [N, C, H, W] correlated with filters [K, C / groups, R, S]: [N, K, H', W'].</summary>
        public Tensor Conv2d(Tensor filters, ConvOptions options) =>
            new Convolve(ShapeOf(x, filters, options)).Apply(x.Contiguous(), filters.Contiguous());

        /// <summary>
        /// max(0, conv2d + shift + residual), for a shift [K] and a residual as large as the result; each part is
        /// optional and costs no pass of its own.
        /// </summary>
        public Tensor Conv2d(Tensor filters, ConvOptions options, Tensor? shift, Tensor? residual = null, bool relu = false)
        {
            if (shift is null && residual is null && !relu) return x.Conv2d(filters, options);
            ConvShape shape = ShapeOf(x, filters, options);
            Shape result = [shape.Batch, shape.Filters, shape.OutHeight, shape.OutWidth];
            if (shift is not null) Check.Alike("conv2d", x, shift);
            if (residual is not null) Check.Alike("conv2d", x, residual);
            if ((shift is not null && shift.Shape != new Shape(shape.Filters)) || (residual is not null && residual.Shape != result))
            {
                Throw.Argument($"conv2d: the shift {shift?.Shape} and the residual {residual?.Shape} for a result {result}: "
                    + $"needed are [{shape.Filters}] and {result}.");
            }
            return ConvEpilogue.Of(shape, x.Contiguous(), filters.Contiguous(), shift?.Contiguous(), residual?.Contiguous(), relu);
        }
    }

    private static ConvShape ShapeOf(Tensor x, Tensor filters, ConvOptions options)
    {
        Check.Float("conv2d", x);
        Check.Alike("conv2d", x, filters);
        Check.Rank("conv2d", "the image", x, 4);
        Check.Rank("conv2d", "the filter", filters, 4);
        if (options.StrideY < 1 || options.StrideX < 1 || options.DilationY < 1
            || options.DilationX < 1 || options.PadY < 0 || options.PadX < 0 || options.Groups < 1)
        {
            Throw.Argument($"conv2d: {options}: stride, dilation and groups must be at least 1, padding at least 0.");
        }
        if (x.Shape[1] != filters.Shape[1] * options.Groups || filters.Shape[0] % options.Groups != 0)
        {
            Throw.Argument($"conv2d: image {x.Shape} and filters {filters.Shape} do not fit {options.Groups} groups: "
                + $"the filters take {filters.Shape[1] * options.Groups} channels, the image has {x.Shape[1]}.");
        }
        ConvShape shape = new(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], filters.Shape[0], filters.Shape[2], filters.Shape[3],
            options.StrideY, options.StrideX, options.PadY, options.PadX, options.DilationY, options.DilationX, options.Groups);
        long bordered = ((long)shape.Height + 2L * shape.PadY + (long)shape.DilationY * (shape.KernelHeight - 1))
            * ((long)shape.Width + 2L * shape.PadX + (long)shape.DilationX * (shape.KernelWidth - 1));
        if (bordered * Math.Max(shape.GroupChannels, shape.GroupFilters) > int.MaxValue
            || (long)shape.Filters * shape.GroupChannels * shape.KernelHeight * shape.KernelWidth > int.MaxValue)
        {
            Throw.Argument($"conv2d: image {x.Shape} with {options} and filters {filters.Shape} needs more than {int.MaxValue} "
                + "elements for one padded image. Use smaller images, padding or dilation.");
        }
        if (shape.Height + 2L * shape.PadY < (long)shape.DilationY * (shape.KernelHeight - 1) + 1
            || shape.Width + 2L * shape.PadX < (long)shape.DilationX * (shape.KernelWidth - 1) + 1)
        {
            Throw.Argument(
                $"conv2d: the kernel {filters.Shape} is larger than the padded image {x.Shape}. Pad more, or use a larger image.");
        }
        return shape;
    }
}
