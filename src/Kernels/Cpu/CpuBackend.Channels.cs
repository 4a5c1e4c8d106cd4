using System.Numerics;

namespace MiniGrad.Kernels.Cpu;

// Images as [N, C, P]: a plane of P pixels lies together, a channel is N planes.
internal sealed unsafe partial class CpuBackend
{
    public override void ChannelBlend(in View a, in View ka, in View? b, in View? kb, in View k0, bool relu, in View y)
    {
        if (y.Type == DType.F32) ChannelBlend<float>(a, ka, b ?? a, kb ?? ka, k0, y, b is not null, relu);
        else ChannelBlend<double>(a, ka, b ?? a, kb ?? ka, k0, y, b is not null, relu);
    }

    public override void ChannelSums(in View a, in View b, in View sums)
    {
        if (a.Type == DType.F32) ChannelSums<float>(a, b, sums);
        else ChannelSums<double>(a, b, sums);
    }

    private static void ChannelBlend<T>(in View a, in View ka, in View b, in View kb, in View k0, in View y, bool two, bool relu)
        where T : unmanaged, INumber<T>
    {
        (int channels, int pixels) = (y.Shape[1], y.Shape[2]);
        fixed (T* first = Memory.Of<T>(a), firstFactor = Memory.Of<T>(ka), second = Memory.Of<T>(b),
            secondFactor = Memory.Of<T>(kb), shift = Memory.Of<T>(k0), to = Memory.Of<T>(y))
        {
            BlendBody<T> body = new(first + a.Layout.Offset, firstFactor + ka.Layout.Offset,
                second + b.Layout.Offset, secondFactor + kb.Layout.Offset,
                shift + k0.Layout.Offset, to + y.Layout.Offset, channels, pixels, two, relu);
            Threads.For((long)y.Shape[0] * channels, Math.Max(1, Grain / Math.Max(1, pixels)), body);
        }
    }

    private static void ChannelSums<T>(in View a, in View b, in View sums) where T : unmanaged, INumber<T>
    {
        fixed (T* left = Memory.Of<T>(a), right = Memory.Of<T>(b))
        fixed (double* to = Memory.Of<double>(sums))
        {
            (int images, int channels, int pixels) = (a.Shape[0], a.Shape[1], a.Shape[2]);
            SumsBody<T> body = new(left + a.Layout.Offset, right + b.Layout.Offset, to + sums.Layout.Offset, images, channels, pixels);
            Threads.For(channels, Math.Max(1, Grain / Math.Max(1, (long)images * pixels)), body);
        }
    }

    private readonly struct BlendBody<T>(T* a, T* ka, T* b, T* kb, T* k0, T* y, int channels, int pixels, bool two, bool relu) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            for (long plane = begin; plane < end; plane++)
            {
                int channel = (int)(plane % channels);
                long at = plane * pixels;
                if (two) Two(a + at, ka[channel], b + at, kb[channel], k0[channel], y + at);
                else One(a + at, ka[channel], k0[channel], y + at);
            }
        }

        private void One(T* x, T factor, T shift, T* to)
        {
            int i = 0;
            for (; i <= pixels - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector.Store(Finished(Vector.Load(x + i) * factor + new Vector<T>(shift)), to + i);
            }
            for (; i < pixels; i++) to[i] = Finished(x[i] * factor + shift);
        }

        private void Two(T* x, T factor, T* z, T second, T shift, T* to)
        {
            int i = 0;
            for (; i <= pixels - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector.Store(Finished(Vector.Load(x + i) * factor + (Vector.Load(z + i) * second + new Vector<T>(shift))), to + i);
            }
            for (; i < pixels; i++) to[i] = Finished(x[i] * factor + (z[i] * second + shift));
        }

        /// <summary>The maximum with 0, written so that a NaN stays one.</summary>
        private Vector<T> Finished(Vector<T> value) =>
            relu ? Vector.ConditionalSelect(Vector.LessThan(value, Vector<T>.Zero), Vector<T>.Zero, value) : value;

        private T Finished(T value) => relu && value < T.Zero ? T.Zero : value;
    }

    /// <summary>One channel a task: the planes are added in order, so threads do not change the bits.</summary>
    private readonly struct SumsBody<T>(T* a, T* b, double* sums, int images, int channels, int pixels) : ILoopBody
        where T : unmanaged, INumber<T>
    {
        public void Run(long begin, long end)
        {
            for (long channel = begin; channel < end; channel++)
            {
                Vector<double> sumLow = default, sumHigh = default, productLow = default, productHigh = default;
                double sum = 0;
                double product = 0;
                for (int n = 0; n < images; n++)
                {
                    T* x = a + ((long)n * channels + channel) * pixels;
                    T* z = b + ((long)n * channels + channel) * pixels;
                    int i = 0;
                    for (; i <= pixels - 2 * Vector<double>.Count; i += 2 * Vector<double>.Count)
                    {
                        (Vector<double> xLow, Vector<double> xHigh) = Pair(x + i);
                        (Vector<double> zLow, Vector<double> zHigh) = Pair(z + i);
                        sumLow += xLow;
                        sumHigh += xHigh;
                        productLow += xLow * zLow;
                        productHigh += xHigh * zHigh;
                    }
                    for (; i < pixels; i++)
                    {
                        double value = double.CreateTruncating(x[i]);
                        sum += value;
                        product += value * double.CreateTruncating(z[i]);
                    }
                }
                sums[channel] = Vector.Sum(sumLow + sumHigh) + sum;
                sums[channels + channel] = Vector.Sum(productLow + productHigh) + product;
            }
        }

        private static (Vector<double> Low, Vector<double> High) Pair(T* x)
        {
            if (typeof(T) != typeof(float)) return (Vector.Load((double*)x), Vector.Load((double*)x + Vector<double>.Count));
            Vector.Widen(Vector.Load((float*)x), out Vector<double> low, out Vector<double> high);
            return (low, high);
        }
    }
}
