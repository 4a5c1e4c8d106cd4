using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The mean over windows; adjoint pair with <see cref="AveragePoolAdjoint"/>.</summary>
internal sealed class AveragePool(PoolWindows windows) : LinearOp
{
    public override string Name => "average-pool";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Tensor.Empty([x.Shape[0], x.Shape[1], windows.Y.Count, windows.X.Count], x.Type, x.Device);
        Backend.For(x.Device).AveragePool(windows, x.View, y.View);
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => new AveragePoolAdjoint(windows).Apply(u.Contiguous());
}

/// <summary>Spreads each mean back over its window; adjoint pair with <see cref="AveragePool"/>.</summary>
internal sealed class AveragePoolAdjoint(PoolWindows windows) : LinearOp
{
    public override string Name => "average-pool-adjoint";

    protected override Tensor Compute(Tensor g)
    {
        Tensor dx = Tensor.Empty([g.Shape[0], g.Shape[1], windows.Height, windows.Width], g.Type, g.Device);
        Backend.For(g.Device).AveragePoolAdjoint(windows, g.View, dx.View);
        return dx;
    }

    protected override Tensor Adjoint(Tensor u) => new AveragePool(windows).Apply(u.Contiguous());
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// The largest of each window of [N, C, H, W]; the first of equals takes the slope, as in PyTorch.
        /// Differentiates as a gather.
        /// </summary>
        public Tensor MaxPool(PoolOptions options)
        {
            PoolShape shape = CheckPool("max-pool", x, options);
            (int n, int c, int h, int w) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
            Shape pooled = [n * c, shape.OutHeight * shape.OutWidth, 1];
            Tensor planes = x.Contiguous().Reshape(n * c, h * w, 1);
            Tensor y = Tensor.Empty(pooled, x.Type, x.Device);
            Tensor positions = Tensor.Empty(pooled, DType.I32, x.Device);
            Backend.For(x.Device).MaxPool(shape, planes.View, y.View, positions.View);
            return Op.Record(new Gather(positions, h * w), [planes], y).Reshape(n, c, shape.OutHeight, shape.OutWidth);
        }

        /// <summary>The largest of each square window; the stride is the kernel unless given.</summary>
        public Tensor MaxPool(int kernel, int? stride = null, int pad = 0, bool ceilMode = false, int dilation = 1) =>
            x.MaxPool(PoolOptions.Square(kernel, stride, pad, ceilMode, dilation));

        /// <summary>
        /// The mean of each window of [N, C, H, W]; padding counts as zeros unless <paramref name="countPadding"/> is
        /// off.
        /// </summary>
        public Tensor AveragePool(PoolOptions options, bool countPadding = true)
        {
            PoolShape shape = CheckPool("average-pool", x, options);
            if (options.DilationY != 1 || options.DilationX != 1) Throw.Argument($"average-pool: {options}: dilation must be 1.");
            PoolAxis Axis(int size, int count, int kernel, int stride, int pad)
            {
                int[] begin = new int[count];
                int[] end = new int[count];
                double[] length = new double[count];
                for (int i = 0; i < count; i++)
                {
                    int first = i * stride - pad;
                    int last = Math.Min(first + kernel, size + pad);
                    begin[i] = Math.Max(0, first);
                    end[i] = Math.Min(last, size);
                    length[i] = countPadding ? last - first : end[i] - begin[i];
                }
                return new(begin, end, length);
            }
            return new AveragePool(new(shape.Height, shape.Width,
                Axis(shape.Height, shape.OutHeight, shape.KernelY, shape.StrideY, shape.PadY),
                Axis(shape.Width, shape.OutWidth, shape.KernelX, shape.StrideX, shape.PadX))).Apply(x.Contiguous());
        }

        /// <summary>The mean of each square window; the stride is the kernel unless given.</summary>
        public Tensor AveragePool(int kernel, int? stride = null, int pad = 0, bool ceilMode = false, bool countPadding = true) =>
            x.AveragePool(PoolOptions.Square(kernel, stride, pad, ceilMode), countPadding);

        /// <summary>[N, C, H, W] averaged to [N, C, height, width] over windows as even as the sizes allow.</summary>
        public Tensor AdaptiveAveragePool(int height, int width)
        {
            Check.Float("adaptive-average-pool", x);
            Check.Rank("adaptive-average-pool", "the image", x, 4);
            if (height < 1 || width < 1) Throw.Argument($"adaptive-average-pool: output {height} x {width} must be at least 1 x 1.");
            static PoolAxis Axis(int size, int count)
            {
                int[] begin = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * size / count))];
                int[] end = [.. Enumerable.Range(0, count).Select(i => (int)(((long)(i + 1) * size + count - 1) / count))];
                return new(begin, end, [.. Enumerable.Range(0, count).Select(i => (double)(end[i] - begin[i]))]);
            }
            return new AveragePool(new(x.Shape[2], x.Shape[3], Axis(x.Shape[2], height), Axis(x.Shape[3], width))).Apply(x.Contiguous());
        }
    }

    private static PoolShape CheckPool(string operation, Tensor x, PoolOptions o)
    {
        Check.Float(operation, x);
        Check.Rank(operation, "the image", x, 4);
        (int h, int w) = (x.Shape[2], x.Shape[3]);
        return new(x.Shape[0] * x.Shape[1], h, w,
            OutSize(operation, h, o.KernelY, o.StrideY, o.PadY, o.DilationY, o.CeilMode),
            OutSize(operation, w, o.KernelX, o.StrideX, o.PadX, o.DilationX, o.CeilMode),
            o.KernelY, o.KernelX, o.StrideY, o.StrideX, o.PadY, o.PadX, o.DilationY, o.DilationX);
    }

    // In ceil mode the last window must still begin inside the image or its left border.
    private static int OutSize(string operation, int size, int kernel, int stride, int pad, int dilation, bool ceilMode)
    {
        if (kernel < 1 || stride < 1 || dilation < 1 || pad < 0 || 2 * pad > kernel)
        {
            Throw.Argument($"{operation}: kernel {kernel}, stride {stride}, pad {pad}, dilation {dilation}: "
                + "kernel, stride and dilation must be at least 1, pad from 0 to half the kernel.");
        }
        int room = size + 2 * pad - dilation * (kernel - 1) - 1;
        // In ceil mode a last window may hang over the end, even the only one.
        if (room + (ceilMode ? stride - 1 : 0) < 0)
        {
            Throw.Argument(
                $"{operation}: the kernel {kernel} (dilation {dilation}) is larger than the padded image side {size + 2 * pad}.");
        }
        int count = (ceilMode ? room + stride - 1 : room) / stride + 1;
        if (ceilMode && (count - 1) * stride >= size + pad) count--;
        for (int i = 0; i < count && i * stride < pad; i++)
        {
            // A window that begins in the border may step over a small image altogether.
            int tap = (pad - i * stride + dilation - 1) / dilation;
            if (tap >= kernel || i * stride - pad + tap * dilation >= size)
            {
                Throw.Argument($"{operation}: window {i} (kernel {kernel}, pad {pad}, "
                    + $"dilation {dilation}) holds no pixel of an image side of {size}. Pad less.");
            }
        }
        return count;
    }
}
