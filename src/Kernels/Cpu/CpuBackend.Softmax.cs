using System.Numerics;
using System.Runtime.CompilerServices;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad.Kernels.Cpu;

// A row stays in the first-level cache between its passes: its maximum, the exponentials with their sum, the scaling. Each
// pass is a method that is not inlined: the compiler inlines only so much into one, and would leave calls inside the loops.
internal sealed unsafe partial class CpuBackend
{
    public override void Softmax(double scale, in View x, in View y)
    {
        if (y.Type == DType.F32) Softmax<float>(scale, x, y);
        else Softmax<double>(scale, x, y);
    }

    public override void SoftmaxAdjoint(double scale, in View y, in View g, in View dx)
    {
        if (y.Type == DType.F32) SoftmaxAdjoint<float>(scale, y, g, dx);
        else SoftmaxAdjoint<double>(scale, y, g, dx);
    }

    public override void LogSumExp(in View x, in View? labels, in View y)
    {
        if (y.Type == DType.F32) LogSumExp<float>(x, labels ?? x, y, labels is not null);
        else LogSumExp<double>(x, labels ?? x, y, labels is not null);
    }

    public override void LogSumExpAdjoint(in View x, in View? labels, in View g, in View dx)
    {
        if (x.Type == DType.F32) LogSumExpAdjoint<float>(x, labels ?? x, g, dx, labels is not null);
        else LogSumExpAdjoint<double>(x, labels ?? x, g, dx, labels is not null);
    }

    private static void Softmax<T>(double scale, in View x, in View y) where T : unmanaged, IFloatingPoint<T>
    {
        int n = x.Shape[-1];
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        {
            Threads.For(x.Shape.Count / n, RowGrain(n),
                new SoftmaxBody<T>(from + x.Layout.Offset, to + y.Layout.Offset, T.CreateTruncating(scale), n));
        }
    }

    private static void SoftmaxAdjoint<T>(double scale, in View y, in View g, in View dx) where T : unmanaged, IFloatingPoint<T>
    {
        int n = y.Shape[-1];
        fixed (T* value = Memory.Of<T>(y), from = Memory.Of<T>(g), to = Memory.Of<T>(dx))
        {
            SoftmaxAdjointBody<T> body = new(value + y.Layout.Offset, from + g.Layout.Offset,
                to + dx.Layout.Offset, T.CreateTruncating(scale), n);
            Threads.For(y.Shape.Count / n, RowGrain(n), body);
        }
    }

    private static void LogSumExp<T>(in View x, in View labels, in View y, bool labelled) where T : unmanaged, IFloatingPoint<T>
    {
        int n = x.Shape[-1];
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        fixed (int* index = Memory.Of<int>(labels))
        {
            LogSumExpBody<T> body = new(from + x.Layout.Offset, labelled ? index + labels.Layout.Offset : null, to + y.Layout.Offset, n);
            Threads.For(x.Shape.Count / n, RowGrain(n), body);
        }
    }

    private static void LogSumExpAdjoint<T>(in View x, in View labels, in View g, in View dx, bool labelled)
        where T : unmanaged, IFloatingPoint<T>
    {
        int n = x.Shape[-1];
        fixed (T* from = Memory.Of<T>(x), factor = Memory.Of<T>(g), to = Memory.Of<T>(dx))
        fixed (int* index = Memory.Of<int>(labels))
        {
            LogSumExpAdjointBody<T> body = new(from + x.Layout.Offset,
                labelled ? index + labels.Layout.Offset : null, factor + g.Layout.Offset, to + dx.Layout.Offset, n);
            Threads.For(x.Shape.Count / n, RowGrain(n), body);
        }
    }

    /// <summary>Rows of a work item; an element costs about four times that of a pointwise loop.</summary>
    private static long RowGrain(int n) => Math.Max(1, Grain / (4 * Math.Max(1, n)));

    /// <summary>y = e^(scale · (x − top)) where y is given; their sum.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Exponentials<T>(T* x, T* y, int n, T top, T scale) where T : unmanaged, IFloatingPoint<T>
    {
        int width = Vector<T>.Count;
        if (n < width) return ExponentialsOfFew(x, y, n, top, scale);
        // The last vector reaches back over elements that others hold too; it is read before they are overwritten.
        Vector<T> last = Exponential(Vector.Load(x + n - width), top, scale);
        WideSum sum = default;
        sum.Add(RowVectors.Last(last, n % width));
        for (int i = 0; i < RowVectors.Whole<T>(n); i += width)
        {
            Vector<T> e = Exponential(Vector.Load(x + i), top, scale);
            sum.Add(e);
            if (y is not null) Vector.Store(e, y + i);
        }
        if (y is not null) Vector.Store(last, y + n - width);
        return sum.Total;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double ExponentialsOfFew<T>(T* x, T* y, int n, T top, T scale) where T : unmanaged, IFloatingPoint<T>
    {
        // The filler's exponential is 0 and adds nothing.
        Vector<T> e = Exponential(RowVectors.LoadRest(x, n, T.CreateTruncating(double.NegativeInfinity)), top, scale);
        if (y is not null) RowVectors.StoreRest(e, y, n);
        WideSum sum = default;
        sum.Add(e);
        return sum.Total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Exponential<T>(Vector<T> x, T top, T scale) where T : unmanaged, IFloatingPoint<T> =>
        VectorLane<T>.Exp(new((x - new Vector<T>(top)) * scale)).Value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply<T>(T* y, int n, T factor) where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count) Vector.Store(Vector.Load(y + i) * factor, y + i);
        for (; i < n; i++) y[i] *= factor;
    }

    private readonly struct SoftmaxBody<T>(T* from, T* to, T scale, int n) : ILoopBody where T : unmanaged, IFloatingPoint<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* x = from + row * n;
                T* y = to + row * n;
                double sum = Exponentials(x, y, n, RowVectors.Largest(x, n), scale);
                Multiply(y, n, T.CreateTruncating(1 / sum));
            }
        }
    }

    private readonly struct SoftmaxAdjointBody<T>(T* value, T* from, T* to, T scale, int n) : ILoopBody
        where T : unmanaged, IFloatingPoint<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* y = value + row * n;
                T* g = from + row * n;
                T* dx = to + row * n;
                Vector<T> mean = new(T.CreateTruncating(Products(y, g)));
                int i = 0;
                for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count)
                {
                    Vector.Store(Vector.Load(y + i) * (Vector.Load(g + i) - mean) * scale, dx + i);
                }
                for (; i < n; i++) dx[i] = y[i] * (g[i] - mean[0]) * scale;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private double Products(T* y, T* g)
        {
            WideSum sum = default;
            int i = 0;
            for (; i < RowVectors.Whole<T>(n); i += Vector<T>.Count) sum.Add(Vector.Load(y + i) * Vector.Load(g + i));
            double total = sum.Total;
            for (; i < n; i++) total += double.CreateTruncating(y[i] * g[i]);
            return total;
        }
    }

    private readonly struct LogSumExpBody<T>(T* from, int* labels, T* to, int n) : ILoopBody where T : unmanaged, IFloatingPoint<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* x = from + row * n;
                T top = Finite(RowVectors.Largest(x, n));
                double total = Math.Log(Exponentials(x, null, n, top, T.One)) + double.CreateTruncating(top);
                to[row] = T.CreateTruncating(labels is null ? total : total - double.CreateTruncating(x[labels[row]]));
            }
        }
    }

    private readonly struct LogSumExpAdjointBody<T>(T* from, int* labels, T* factor, T* to, int n) : ILoopBody
        where T : unmanaged, IFloatingPoint<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                T* x = from + row * n;
                T* dx = to + row * n;
                double sum = Exponentials(x, dx, n, Finite(RowVectors.Largest(x, n)), T.One);
                double each = double.CreateTruncating(factor[row]) / sum;
                // The others' share: softmax − 1 would cancel where the label is nearly certain.
                double others = labels is null ? 0 : sum - double.CreateTruncating(dx[labels[row]]);
                Multiply(dx, n, T.CreateTruncating(each));
                if (labels is not null) dx[labels[row]] = T.CreateTruncating(-each * others);
            }
        }
    }

    /// <summary>A row whose maximum is infinite is shifted by 0 instead, so that the infinity stays.</summary>
    private static T Finite<T>(T top) where T : unmanaged, IFloatingPoint<T> => T.IsInfinity(top) ? T.Zero : top;
}
