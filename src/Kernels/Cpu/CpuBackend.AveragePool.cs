using System.Numerics;

namespace MiniGrad.Kernels.Cpu;

// A mean is separable: the rows of a window are added up as vectors, then the columns of each window one by one. The
// adjoint goes the other way.
internal sealed unsafe partial class CpuBackend
{
    public override void AveragePool(PoolWindows windows, in View x, in View y)
    {
        if (x.Type == DType.F32) AveragePool<float>(windows, x, y);
        else AveragePool<double>(windows, x, y);
    }

    public override void AveragePoolAdjoint(PoolWindows windows, in View g, in View dx)
    {
        if (g.Type == DType.F32) AveragePoolAdjoint<float>(windows, g, dx);
        else AveragePoolAdjoint<double>(windows, g, dx);
    }

    private static void AveragePool<T>(PoolWindows windows, in View x, in View y) where T : unmanaged, INumber<T>
    {
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        {
            int area = windows.Height * windows.Width;
            Threads.For(Planes(x.Shape, area), Math.Max(1, Grain / Math.Max(1, area)),
                new AveragePoolBody<T>(windows, from + x.Layout.Offset, to));
        }
    }

    private static void AveragePoolAdjoint<T>(PoolWindows windows, in View g, in View dx) where T : unmanaged, INumber<T>
    {
        fixed (T* from = Memory.Of<T>(g), to = Memory.Of<T>(dx))
        {
            int area = windows.Height * windows.Width;
            Threads.For(Planes(dx.Shape, area), Math.Max(1, Grain / Math.Max(1, area)),
                new AveragePoolAdjointBody<T>(windows, from + g.Layout.Offset, to));
        }
    }

    private static long Planes(Shape shape, int area) => area == 0 ? 0 : shape.Count / area;

    /// <summary>y += x.</summary>
    private static void AddRow<T>(T* x, T* y, int n) where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) Vector.Store(Vector.Load(y + i) + Vector.Load(x + i), y + i);
        for (; i < n; i++) y[i] += x[i];
    }

    private readonly struct AveragePoolBody<T>(PoolWindows windows, T* from, T* to) : ILoopBody where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            (PoolAxis rows, PoolAxis columns, int width) = (windows.Y, windows.X, windows.Width);
            T* sums = Workspace<T>.Mine.Reserve(width);
            for (long plane = begin; plane < end; plane++)
            {
                T* x = from + plane * windows.Height * width;
                T* y = to + plane * rows.Count * columns.Count;
                for (int i = 0; i < rows.Count; i++)
                {
                    new Span<T>(sums, width).Clear();
                    for (int r = rows.Begin[i]; r < rows.End[i]; r++) AddRow(x + r * width, sums, width);
                    for (int j = 0; j < columns.Count; j++)
                    {
                        T sum = T.Zero;
                        for (int s = columns.Begin[j]; s < columns.End[j]; s++) sum += sums[s];
                        *y++ = sum / T.CreateTruncating(rows.Length[i] * columns.Length[j]);
                    }
                }
            }
        }
    }

    private readonly struct AveragePoolAdjointBody<T>(PoolWindows windows, T* from, T* to) : ILoopBody where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            (PoolAxis rows, PoolAxis columns, int width) = (windows.Y, windows.X, windows.Width);
            T* shares = Workspace<T>.Mine.Reserve(width);
            for (long plane = begin; plane < end; plane++)
            {
                T* g = from + plane * rows.Count * columns.Count;
                T* dx = to + plane * windows.Height * width;
                new Span<T>(dx, windows.Height * width).Clear();
                for (int i = 0; i < rows.Count; i++)
                {
                    new Span<T>(shares, width).Clear();
                    for (int j = 0; j < columns.Count; j++)
                    {
                        T share = *g++ / T.CreateTruncating(rows.Length[i] * columns.Length[j]);
                        for (int s = columns.Begin[j]; s < columns.End[j]; s++) shares[s] += share;
                    }
                    for (int r = rows.Begin[i]; r < rows.End[i]; r++) AddRow(shares, dx + r * width, width);
                }
            }
        }
    }
}
