using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace MiniGrad.Kernels.Cpu;

internal sealed unsafe partial class CpuBackend
{
    public override void Gather(in View x, in View index, in View y)
    {
        // Elements are moved, not computed with: their size is all that matters.
        switch (y.Type.Size())
        {
            case 4: Gather<uint>(x, index, y); break;
            case 8: Gather<ulong>(x, index, y); break;
            default: Gather<byte>(x, index, y); break;
        }
    }

    public override void ScatterAdd(in View g, in View index, in View y)
    {
        if (y.Type == DType.F32) ScatterAdd<float>(g, index, y);
        else ScatterAdd<double>(g, index, y);
    }

    private static void Gather<T>(in View x, in View index, in View y) where T : unmanaged
    {
        fixed (T* from = Memory.Of<T>(x), to = Memory.Of<T>(y))
        fixed (int* at = Memory.Of<int>(index))
        {
            Threads.For(y.Shape[0], LineGrain(y.Shape), new GatherBody<T>(from, at, to, x.Layout, index.Layout, y.Shape));
        }
    }

    private static void ScatterAdd<T>(in View g, in View index, in View y) where T : unmanaged, INumber<T>
    {
        fixed (T* from = Memory.Of<T>(g), to = Memory.Of<T>(y))
        fixed (int* at = Memory.Of<int>(index))
        {
            Threads.For(y.Shape[0], LineGrain(y.Shape), new ScatterBody<T>(from, at, to, g.Layout, index.Layout, y.Shape));
        }
    }

    private static long LineGrain(Shape shape) => Math.Max(1, Grain / Math.Max(1, shape.Count / Math.Max(1, shape[0])));

    private readonly struct GatherBody<T>(T* from, int* at, T* to, Layout x, Layout index, Shape shape) : ILoopBody
        where T : unmanaged
    {
        public void Run(long begin, long end)
        {
            (int n, int count, int inner) = (x.Shape[1], shape[1], shape[2]);
            (long step, long innerStep) = (x.Stride(1), x.Stride(2));
            (long indexStep, long innerIndexStep) = (index.Stride(1), index.Stride(2));
            for (long o = begin; o < end; o++)
            {
                T* source = from + x.Offset + o * x.Stride(0);
                int* place = at + index.Offset + o * index.Stride(0);
                T* y = to + o * count * inner;
                for (int m = 0; m < count; m++)
                {
                    for (int i = 0; i < inner; i++)
                    {
                        int k = place[m * indexStep + i * innerIndexStep];
                        if ((uint)k >= (uint)n) BadIndex(k, n, "gather");
                        *y++ = source[k * step + i * innerStep];
                    }
                }
            }
        }
    }

    private readonly struct ScatterBody<T>(T* from, int* at, T* to, Layout g, Layout index, Shape shape) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            (int n, int count, int inner) = (shape[1], g.Shape[1], shape[2]);
            (long step, long innerStep) = (g.Stride(1), g.Stride(2));
            (long indexStep, long innerIndexStep) = (index.Stride(1), index.Stride(2));
            for (long o = begin; o < end; o++)
            {
                T* source = from + g.Offset + o * g.Stride(0);
                int* place = at + index.Offset + o * index.Stride(0);
                T* y = to + o * n * inner;
                new Span<T>(y, n * inner).Clear();
                for (int m = 0; m < count; m++)
                {
                    for (int i = 0; i < inner; i++)
                    {
                        int k = place[m * indexStep + i * innerIndexStep];
                        if ((uint)k >= (uint)n) BadIndex(k, n, "scatter-add");
                        y[(long)k * inner + i] += source[m * step + i * innerStep];
                    }
                }
            }
        }
    }

    [DoesNotReturn]
    private static void BadIndex(int k, int n, string operation) => Throw.Range($"{operation}: index {k} is outside 0 to {n - 1}.");
}
