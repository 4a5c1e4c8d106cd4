using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

// Means and sums of squares in doubles; the centred values are of the type of x. Passes are not inlined, as those of Softmax.
internal sealed unsafe partial class CpuBackend
{
    public override void NormalizeRows(in View x, in View? scale, in View? shift, double epsilon, in View y, in View? moments)
    {
        if (y.Type == DType.F32) NormalizeRows<float>(x, scale ?? x, shift ?? x, epsilon, y, moments, scale is not null, shift is not null);
        else NormalizeRows<double>(x, scale ?? x, shift ?? x, epsilon, y, moments, scale is not null, shift is not null);
    }

    public override void NormalizeRowsAdjoint(in View g, in View x, in View? scale, in View moments, in View? sum, in View dx)
    {
        if (x.Type == DType.F32) NormalizeRowsAdjoint<float>(g, x, scale ?? x, moments, sum ?? x, dx, scale is not null, sum is not null);
        else NormalizeRowsAdjoint<double>(g, x, scale ?? x, moments, sum ?? x, dx, scale is not null, sum is not null);
    }

    private static void NormalizeRows<T>(
        in View x, in View scale, in View shift, double epsilon, in View y, in View? moments, bool scaled, bool shifted)
        where T : unmanaged, INumber<T>
    {
        int n = x.Shape[-1];
        fixed (T* from = Memory.Of<T>(x), factor = Memory.Of<T>(scale), offset = Memory.Of<T>(shift), to = Memory.Of<T>(y))
        fixed (double* kept = moments is { } view ? Memory.Of<double>(view) : default)
        {
            NormalizeBody<T> body = new(from + x.Layout.Offset,
                scaled ? factor + scale.Layout.Offset : null, shifted ? offset + shift.Layout.Offset : null,
                epsilon, to + y.Layout.Offset, kept, n);
            Threads.For(x.Shape.Count / n, RowGrain(n), body);
        }
    }

    private static void NormalizeRowsAdjoint<T>(
        in View g, in View x, in View scale, in View moments, in View sum, in View dx, bool scaled, bool added)
        where T : unmanaged, INumber<T>
    {
        int n = x.Shape[-1];
        fixed (T* slope = Memory.Of<T>(g), from = Memory.Of<T>(x),
            factor = Memory.Of<T>(scale), before = Memory.Of<T>(sum), to = Memory.Of<T>(dx))
        fixed (double* kept = Memory.Of<double>(moments))
        {
            NormalizeAdjointBody<T> body = new(slope + g.Layout.Offset,
                from + x.Layout.Offset, scaled ? factor + scale.Layout.Offset : null, kept,
                added ? before + sum.Layout.Offset : null, to + dx.Layout.Offset, n);
            Threads.For(x.Shape.Count / n, RowGrain(n), body);
        }
    }

    private readonly struct NormalizeBody<T>(T* from, T* scale, T* shift, double epsilon, T* to, double* moments, int n) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* x = from + row * n;
                double mean = Sum(x) / n;
                T centre = T.CreateTruncating(mean);
                double inverse = 1 / Math.Sqrt(Squares(x, centre) / n + epsilon);
                if (moments is not null) (moments[2 * row], moments[2 * row + 1]) = (mean, inverse);
                Write(x, to + row * n, centre, T.CreateTruncating(inverse));
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private double Sum(T* x)
        {
            WideSum sum = default;
            int i = 0;
            for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count) sum.Add(Vector.Load(x + i));
            double total = sum.Total;
            for (; i < n; i++) total += double.CreateTruncating(x[i]);
            return total;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private double Squares(T* x, T centre)
        {
            WideSum sum = default;
            int i = 0;
            for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count)
            {
                Vector<T> centred = Vector.Load(x + i) - new Vector<T>(centre);
                sum.Add(centred * centred);
            }
            double total = sum.Total;
            for (; i < n; i++) total += double.CreateTruncating((x[i] - centre) * (x[i] - centre));
            return total;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Write(T* x, T* y, T centre, T inverse)
        {
            int i = 0;
            for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count)
            {
                Vector<T> value = (Vector.Load(x + i) - new Vector<T>(centre)) * inverse;
                if (scale is not null) value *= Vector.Load(scale + i);
                if (shift is not null) value += Vector.Load(shift + i);
                Vector.Store(value, y + i);
            }
            for (; i < n; i++)
            {
                T value = (x[i] - centre) * inverse;
                if (scale is not null) value *= scale[i];
                if (shift is not null) value += shift[i];
                y[i] = value;
            }
        }
    }

    private readonly struct NormalizeAdjointBody<T>(T* slope, T* from, T* scale, double* moments, T* sum, T* to, int n) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* g = slope + row * n;
                T* x = from + row * n;
                T* dx = to + row * n;
                (T centre, T inverse) = (T.CreateTruncating(moments[2 * row]), T.CreateTruncating(moments[2 * row + 1]));
                (T mean, T along) = Means(g, x, centre, inverse);
                int i = 0;
                for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count)
                {
                    Vector<T> u = Vector.Load(g + i);
                    if (scale is not null) u *= Vector.Load(scale + i);
                    Vector<T> normal = (Vector.Load(x + i) - new Vector<T>(centre)) * inverse;
                    Vector<T> value = (u - new Vector<T>(mean) - normal * along) * inverse;
                    Vector.Store(sum is null ? value : Vector.Load(sum + row * n + i) + value, dx + i);
                }
                for (; i < n; i++)
                {
                    T u = scale is null ? g[i] : g[i] * scale[i];
                    T value = (u - mean - (x[i] - centre) * inverse * along) * inverse;
                    dx[i] = sum is null ? value : sum[row * n + i] + value;
                }
            }
        }

        /// <summary>The means of u and of u · x̂.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private (T Plain, T Along) Means(T* g, T* x, T centre, T inverse)
        {
            WideSum whole = default;
            WideSum products = default;
            int i = 0;
            for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count)
            {
                Vector<T> u = Vector.Load(g + i);
                if (scale is not null) u *= Vector.Load(scale + i);
                whole.Add(u);
                products.Add(u * ((Vector.Load(x + i) - new Vector<T>(centre)) * inverse));
            }
            double plain = whole.Total;
            double scaled = products.Total;
            for (; i < n; i++)
            {
                T u = scale is null ? g[i] : g[i] * scale[i];
                plain += double.CreateTruncating(u);
                scaled += double.CreateTruncating(u * ((x[i] - centre) * inverse));
            }
            return (T.CreateTruncating(plain / n), T.CreateTruncating(scaled / n));
        }
    }
}
