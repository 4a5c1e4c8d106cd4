using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

// The order of summation follows from n and inner alone, never from strides, batch or threads:
//   inner = 1   rows     element k of a block goes to accumulator k mod width; blocks are added in order
//   inner > 1   columns  element k is the k-th addition to its column
internal sealed unsafe partial class CpuBackend
{
    /// <summary>Elements of a row that are summed as one unit, whoever sums them.</summary>
    private const int SumBlock = 32 * 1024;

    /// <summary>Columns whose accumulators are kept together.</summary>
    private const int ColumnBlock = 512;

    public override void Reduce(Reduction reduction, in View x, in View y)
    {
        if (y.Type == DType.F32) Reduce<float>(reduction, x, y);
        else Reduce<double>(reduction, x, y);
    }

    private static void Reduce<T>(Reduction reduction, in View x, in View y) where T : unmanaged, INumber<T>
    {
        int outer = x.Shape[0];
        int inner = x.Shape[2];
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        {
            ReduceBody<T> body = new(reduction, from + x.Layout.Offset, to + y.Layout.Offset, x.Layout);
            long work = Math.Max(1, x.Shape.Count / Math.Max(1, outer));
            if (inner == 1 && outer == 1 && x.Shape[1] > SumBlock)
            {
                SumLong(body, x.Shape[1], reduction, to + y.Layout.Offset);
                return;
            }
            long chunks = inner == 1 ? outer : outer * (long)((inner + ColumnBlock - 1) / ColumnBlock);
            Threads.For(chunks, Math.Max(1, Grain / Math.Max(1, work * outer / Math.Max(1, chunks))), body);
        }
    }

    private static void SumLong<T>(in ReduceBody<T> body, int n, Reduction reduction, T* to) where T : unmanaged, INumber<T>
    {
        int blocks = (n + SumBlock - 1) / SumBlock;
        double[] partial = new double[blocks];
        fixed (double* sums = partial)
        {
            Threads.For(blocks, 1, new BlockBody<T>(body, sums, n));
        }
        double total = reduction == Reduction.Sum ? 0 : double.NegativeInfinity;
        foreach (double sum in partial) total = reduction == Reduction.Sum ? total + sum : Math.Max(total, sum);
        *to = T.CreateTruncating(total);
    }

    private readonly struct BlockBody<T>(ReduceBody<T> body, double* sums, int n) : ILoopBody where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            for (long block = begin; block < end; block++)
            {
                int start = (int)block * SumBlock;
                sums[block] = body.Block(0, start, Math.Min(SumBlock, n - start));
            }
        }
    }

    private readonly struct ReduceBody<T>(Reduction reduction, T* from, T* to, Layout layout) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            int n = layout.Shape[1];
            int inner = layout.Shape[2];
            if (inner == 1)
            {
                for (long row = begin; row < end; row++) to[row] = Row(row, n);
                return;
            }
            int perRow = (inner + ColumnBlock - 1) / ColumnBlock;
            for (long chunk = begin; chunk < end; chunk++)
            {
                int first = (int)(chunk % perRow) * ColumnBlock;
                Columns(chunk / perRow, first, Math.Min(ColumnBlock, inner - first), n, inner);
            }
        }

        private T Row(long row, int n)
        {
            double total = reduction == Reduction.Sum ? 0 : double.NegativeInfinity;
            for (int start = 0; start < n; start += SumBlock)
            {
                double block = Block(row, start, Math.Min(SumBlock, n - start));
                total = reduction == Reduction.Sum ? total + block : Math.Max(total, block);
            }
            return T.CreateTruncating(total);
        }

        /// <summary>The sum or maximum of n elements of a row.</summary>
        [SkipLocalsInit]
        public double Block(long row, int start, int n)
        {
            T* x = from + row * layout.Stride(0) + start * layout.Stride(1);
            if (layout.Stride(1) == 1 || n <= 1) return reduction == Reduction.Sum ? SumRow(x, n) : MaxRow(x, n);
            const int gathered = 1024;
            T* buffer = stackalloc T[gathered];
            // Pieces of a strided row are collected; each holds whole vectors, so the order of additions is the dense one.
            Accumulator sum = default;
            double max = double.NegativeInfinity;
            for (int i = 0; i < n; i += gathered)
            {
                int m = Math.Min(gathered, n - i);
                for (int j = 0; j < m; j++) buffer[j] = x[(i + j) * layout.Stride(1)];
                if (reduction == Reduction.Sum) sum.Add(buffer, m);
                else max = Math.Max(max, MaxRow(buffer, m));
            }
            return reduction == Reduction.Sum ? sum.Total : max;
        }

        private static double SumRow(T* x, int n)
        {
            Accumulator sum = default;
            sum.Add(x, n);
            return sum.Total;
        }

        private static double MaxRow(T* x, int n)
        {
            T max = x[0];
            int i = 0;
            if (n >= Vector<T>.Count)
            {
                Vector<T> best = Vector.Load(x);
                for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) best = Vector.Max(best, Vector.Load(x + i));
                for (int j = 0; j < Vector<T>.Count; j++) max = T.Max(max, best[j]);
            }
            for (; i < n; i++) max = T.Max(max, x[i]);
            return double.CreateTruncating(max);
        }

        [SkipLocalsInit]
        private void Columns(long row, int first, int columns, int n, int inner)
        {
            T* x = from + row * layout.Stride(0) + first * layout.Stride(2);
            T* y = to + row * inner + first;
            long step = layout.Stride(2);
            if (reduction == Reduction.Max)
            {
                for (int j = 0; j < columns; j++) y[j] = n > 0 ? x[j * step] : T.CreateTruncating(double.NegativeInfinity);
                for (int k = 1; k < n; k++)
                {
                    T* line = x + k * layout.Stride(1);
                    for (int j = 0; j < columns; j++) y[j] = T.Max(y[j], line[j * step]);
                }
                return;
            }
            double* sums = stackalloc double[ColumnBlock];
            T* buffer = stackalloc T[ColumnBlock];
            new Span<double>(sums, columns).Clear();
            for (int k = 0; k < n; k++)
            {
                T* line = Fetch(x + k * layout.Stride(1), step, columns, buffer);
                int j = 0;
                if (typeof(T) == typeof(float))
                {
                    for (; j + Vector<float>.Count <= columns; j += Vector<float>.Count)
                    {
                        Vector.Widen(Vector.Load((float*)line + j), out Vector<double> low, out Vector<double> high);
                        Vector.Store(Vector.Load(sums + j) + low, sums + j);
                        Vector.Store(Vector.Load(sums + j + Vector<double>.Count) + high, sums + j + Vector<double>.Count);
                    }
                }
                for (; j < columns; j++) sums[j] += double.CreateTruncating(line[j]);
            }
            for (int j = 0; j < columns; j++) y[j] = T.CreateTruncating(sums[j]);
        }
    }

    /// <summary>A running sum in two or four vectors of doubles; element k of the stream always meets the same lane.</summary>
    private struct Accumulator
    {
        private Vector<double> first;
        private Vector<double> second;
        private Vector<double> third;
        private Vector<double> fourth;
        private double rest;

        public double Total
        {
            get
            {
                Vector<double> all = first + second + (third + fourth);
                double sum = 0;
                for (int i = 0; i < Vector<double>.Count; i++) sum += all[i];
                return sum + rest;
            }
        }

        public void Add<T>(T* x, int n) where T : unmanaged, INumber<T>
        {
            int width = Vector<double>.Count;
            int i = 0;
            Vector<double> a = first, b = second, c = third, d = fourth;
            if (typeof(T) == typeof(float))
            {
                for (; i + 4 * width <= n; i += 4 * width)
                {
                    Vector.Widen(Vector.Load((float*)x + i), out Vector<double> low, out Vector<double> high);
                    Vector.Widen(Vector.Load((float*)x + i + 2 * width), out Vector<double> low2, out Vector<double> high2);
                    a += low;
                    b += high;
                    c += low2;
                    d += high2;
                }
            }
            else
            {
                for (; i + 4 * width <= n; i += 4 * width)
                {
                    a += Vector.Load((double*)x + i);
                    b += Vector.Load((double*)x + i + width);
                    c += Vector.Load((double*)x + i + 2 * width);
                    d += Vector.Load((double*)x + i + 3 * width);
                }
            }
            (first, second, third, fourth) = (a, b, c, d);
            for (; i < n; i++) rest += double.CreateTruncating(x[i]);
        }
    }

    public override void ArgMax(in View x, in View y)
    {
        if (x.Type == DType.F32) ArgMax<float>(x, y);
        else ArgMax<double>(x, y);
    }

    private static void ArgMax<T>(in View x, in View y) where T : unmanaged, INumber<T>
    {
        fixed (T* from = Memory.Of<T>(x))
        fixed (int* to = Memory.Of<int>(y))
        {
            Layout layout = x.Layout;
            for (int o = 0; o < x.Shape[0]; o++)
            {
                for (int i = 0; i < x.Shape[2]; i++)
                {
                    T* line = from + layout.Offset + o * layout.Stride(0) + i * layout.Stride(2);
                    int best = 0;
                    for (int k = 1; k < x.Shape[1] && !T.IsNaN(line[best * layout.Stride(1)]); k++)
                    {
                        T value = line[k * layout.Stride(1)];
                        if (value > line[best * layout.Stride(1)] || T.IsNaN(value)) best = k;
                    }
                    to[(long)o * x.Shape[2] + i] = best;
                }
            }
        }
    }
}
