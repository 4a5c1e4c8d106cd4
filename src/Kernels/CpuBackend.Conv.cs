using System.Buffers;
using System.Numerics;

namespace MiniGrad.Kernels;

// Small images go to DirectConv. Otherwise a convolution is one matrix product per image and group, with the image
// packed as a matrix on the way:
//   forward          y  [filters, pixels]   = w [filters, taps]            · patches of x [taps, pixels]
//   input gradient   dx [channels, pixels]  = turned w [channels, taps']   · patches of g, spread by the stride
//   weight gradient  dw [filters, taps]     = g [filters, images·pixels]   · patches of x, on their side
public sealed unsafe partial class CpuBackend
{
    /// <summary>Images whose weight gradients are one sum; the sums of the chunks are added in order.</summary>
    private const int ImageChunk = 8;

    public override void Conv(in ConvShape shape, in View x, in View w, in View y)
    {
        if (y.Type == DType.F32) Conv<float>(shape, x, w, y);
        else Conv<double>(shape, x, w, y);
    }

    public override void ConvInput(in ConvShape shape, in View g, in View w, in View dx)
    {
        if (dx.Type == DType.F32) ConvInput<float>(shape, g, w, dx);
        else ConvInput<double>(shape, g, w, dx);
    }

    public override void ConvWeight(in ConvShape shape, in View x, in View g, in View dw)
    {
        if (dw.Type == DType.F32) ConvWeight<float>(shape, x, g, dw);
        else ConvWeight<double>(shape, x, g, dw);
    }

    private static void Conv<T>(in ConvShape s, in View x, in View w, in View y) where T : unmanaged
    {
        fixed (T* image = Memory.Of<T>(x), weights = Memory.Of<T>(w), to = Memory.Of<T>(y))
        {
            T* source = image + x.Layout.Offset;
            long area = (long)s.Height * s.Width;
            MatrixPanels<T> filters = new(weights + w.Layout.Offset, (long)s.GroupFilters * s.Taps, s.Taps, 1, s.Groups);
            long items = (long)s.Batch * s.Groups;
            long step = (long)s.GroupFilters * s.OutPixels;
            if (IsPlain(s))
            {
                MatrixPanels<T> pixels = new(source, s.GroupChannels * area, 1, area);
                Gemm<T>.Run(items, s.GroupFilters, s.OutPixels, s.Taps, filters, pixels, to, step, s.OutPixels);
                return;
            }
            BorderedPlanes<T> planes = Bordered<T>(s);
            if (DirectConv<T>.Serves(planes, s.StrideX, s.OutWidth))
            {
                DirectConv<T>.Run(items, s.Groups, s.GroupFilters, filters, source, s.GroupChannels * area, planes, s.GroupChannels,
                    s.KernelHeight, s.KernelWidth, s.DilationY, s.DilationX, s.StrideY, s.OutHeight, s.OutWidth, to);
                return;
            }
            PatchPanels<T> patches = new(source, s.GroupChannels * area, planes, s.KernelHeight, s.KernelWidth,
                s.DilationY, s.DilationX, s.StrideY, s.StrideX, s.OutWidth);
            Gemm<T>.Run(items, s.GroupFilters, s.OutPixels, s.Taps, filters, patches, to, step, s.OutPixels);
        }
    }

    private static void ConvInput<T>(in ConvShape s, in View g, in View w, in View dx) where T : unmanaged
    {
        fixed (T* gradient = Memory.Of<T>(g), weights = Memory.Of<T>(w), to = Memory.Of<T>(dx))
        {
            T* source = gradient + g.Layout.Offset;
            TurnedWeights<T> turned = new(weights + w.Layout.Offset, s.Groups, s);
            long items = (long)s.Batch * s.Groups;
            int area = s.Height * s.Width;
            int taps = s.GroupFilters * s.KernelHeight * s.KernelWidth;
            if (IsPlain(s))
            {
                MatrixPanels<T> pixels = new(source, (long)s.GroupFilters * area, 1, area);
                Gemm<T>.Run(items, s.GroupChannels, area, taps, turned, pixels, to, (long)s.GroupChannels * area, area);
                return;
            }
            int reachY = s.DilationY * (s.KernelHeight - 1);
            int reachX = s.DilationX * (s.KernelWidth - 1);
            BorderedPlanes<T> planes = new(s.GroupFilters, s.OutHeight, s.OutWidth, s.StrideY, s.StrideX,
                reachY - s.PadY, reachX - s.PadX, s.Height + reachY, s.Width + reachX);
            if (DirectConv<T>.Serves(planes, 1, s.Width))
            {
                DirectConv<T>.Run(items, s.Groups, s.GroupChannels, turned, source, (long)s.GroupFilters * s.OutPixels, planes, s.GroupFilters,
                    s.KernelHeight, s.KernelWidth, s.DilationY, s.DilationX, 1, s.Height, s.Width, to);
                return;
            }
            PatchPanels<T> patches = new(source, (long)s.GroupFilters * s.OutPixels, planes, s.KernelHeight, s.KernelWidth,
                s.DilationY, s.DilationX, 1, 1, s.Width);
            Gemm<T>.Run(items, s.GroupChannels, area, taps, turned, patches, to, (long)s.GroupChannels * area, area);
        }
    }

    private static void ConvWeight<T>(in ConvShape s, in View x, in View g, in View dw) where T : unmanaged, INumber<T>
    {
        int size = s.Filters * s.Taps;
        int chunks = (s.Batch + ImageChunk - 1) / ImageChunk;
        T[] partial = ArrayPool<T>.Shared.Rent(Math.Max(1, checked(chunks * size)));
        fixed (T* image = Memory.Of<T>(x), gradient = Memory.Of<T>(g), to = Memory.Of<T>(dw), sums = partial)
        {
            int full = s.Batch / ImageChunk;
            ChunkGradients(s, image + x.Layout.Offset, gradient + g.Layout.Offset, sums, full, ImageChunk);
            long done = (long)full * ImageChunk;
            ChunkGradients(s, image + x.Layout.Offset + done * s.Channels * s.Height * s.Width,
                gradient + g.Layout.Offset + done * s.Filters * s.OutPixels, sums + (long)full * size, chunks - full, s.Batch % ImageChunk);
            for (int i = 0; i < size; i++)
            {
                T sum = T.Zero;
                for (int chunk = 0; chunk < chunks; chunk++) sum += sums[(long)chunk * size + i];
                to[i] = sum;
            }
        }
        ArrayPool<T>.Shared.Return(partial);
    }

    private static void ChunkGradients<T>(in ConvShape s, T* image, T* gradient, T* sums, int chunks, int images) where T : unmanaged
    {
        if (chunks == 0) return;
        if (DirectConvWeight<T>.Serves(Bordered<T>(s), s))
        {
            DirectConvWeight<T>.Run(s, Bordered<T>(s), image, gradient, sums, chunks, images);
            return;
        }
        GradientPanels<T> filters = new(gradient, (long)s.Filters * s.OutPixels, images, s.Groups, (long)s.GroupFilters * s.OutPixels, s.OutPixels);
        TapPanels<T> taps = new(image, (long)s.Channels * s.Height * s.Width, images, s.Groups,
            (long)s.GroupChannels * s.Height * s.Width, Bordered<T>(s), s);
        Gemm<T>.Run((long)chunks * s.Groups, s.GroupFilters, s.Taps, images * s.OutPixels, filters, taps, sums, (long)s.GroupFilters * s.Taps, s.Taps);
    }

    /// <summary>One tap, no stride, no border: the image already is the matrix.</summary>
    private static bool IsPlain(in ConvShape s) =>
        s is { KernelHeight: 1, KernelWidth: 1, StrideY: 1, StrideX: 1, PadY: 0, PadX: 0 };

    private static BorderedPlanes<T> Bordered<T>(in ConvShape s) where T : unmanaged =>
        new(s.GroupChannels, s.Height, s.Width, 1, 1, s.PadY, s.PadX, s.Height + 2 * s.PadY, s.Width + 2 * s.PadX);
}
