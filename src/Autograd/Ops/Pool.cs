using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>The mean over windows; adjoint pair with <see cref="AveragePoolAdjoint"/>.</summary>
public sealed class AveragePool(PoolWindows windows) : LinearOp
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
public sealed class AveragePoolAdjoint(PoolWindows windows) : LinearOp
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
        /// <summary>The largest of each window of [N, C, H, W]; the first of equals takes the slope, as in PyTorch. Differentiates as a gather.</summary>
        public Tensor MaxPool(int kernel, int? stride = null, int pad = 0, bool ceilMode = false, int dilation = 1)
        {
            CheckPool("max-pool", x, kernel, stride ?? kernel, pad, dilation);
            int step = stride ?? kernel;
            (int n, int c, int h, int w) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
            PoolShape shape = new(n * c, h, w, OutSize("max-pool", h, kernel, step, pad, dilation, ceilMode), OutSize("max-pool", w, kernel, step, pad, dilation, ceilMode),
                kernel, kernel, step, step, pad, pad, dilation, dilation);
            Shape pooled = [n * c, shape.OutHeight * shape.OutWidth, 1];
            Tensor planes = x.Contiguous().Reshape(n * c, h * w, 1);
            Tensor y = Tensor.Empty(pooled, x.Type, x.Device);
            Tensor positions = Tensor.Empty(pooled, DType.I32, x.Device);
            Backend.For(x.Device).MaxPool(shape, planes.View, y.View, positions.View);
            return Op.Record(new Gather(positions, h * w), [planes], y).Reshape(n, c, shape.OutHeight, shape.OutWidth);
        }

        /// <summary>The mean of each window of [N, C, H, W]; padding counts as zeros unless <paramref name="countPadding"/> is off.</summary>
        public Tensor AveragePool(int kernel, int? stride = null, int pad = 0, bool ceilMode = false, bool countPadding = true)
        {
            CheckPool("average-pool", x, kernel, stride ?? kernel, pad, 1);
            PoolAxis Axis(int size)
            {
                int step = stride ?? kernel;
                int count = OutSize("average-pool", size, kernel, step, pad, 1, ceilMode);
                int[] begin = new int[count];
                int[] end = new int[count];
                double[] length = new double[count];
                for (int i = 0; i < count; i++)
                {
                    int first = i * step - pad;
                    int last = Math.Min(first + kernel, size + pad);
                    begin[i] = Math.Max(0, first);
                    end[i] = Math.Min(last, size);
                    length[i] = countPadding ? last - first : end[i] - begin[i];
                }
                return new(begin, end, length);
            }
            return new AveragePool(new(x.Shape[2], x.Shape[3], Axis(x.Shape[2]), Axis(x.Shape[3]))).Apply(x.Contiguous());
        }

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

    private static void CheckPool(string operation, Tensor x, int kernel, int stride, int pad, int dilation)
    {
        Check.Float(operation, x);
        Check.Rank(operation, "the image", x, 4);
        if (kernel < 1 || stride < 1 || dilation < 1 || pad < 0 || 2 * pad > kernel)
        {
            Throw.Argument($"{operation}: kernel {kernel}, stride {stride}, pad {pad}, dilation {dilation}: kernel, stride and dilation must be at least 1, pad from 0 to half the kernel.");
        }
    }

    // In ceil mode the last window must still begin inside the image or its left border.
    private static int OutSize(string operation, int size, int kernel, int stride, int pad, int dilation, bool ceilMode)
    {
        int room = size + 2 * pad - dilation * (kernel - 1) - 1;
        if (room < 0) Throw.Argument($"{operation}: the kernel {kernel} (dilation {dilation}) is larger than the padded image side {size + 2 * pad}.");
        int count = (ceilMode ? room + stride - 1 : room) / stride + 1;
        return ceilMode && (count - 1) * stride >= size + pad ? count - 1 : count;
    }
}
