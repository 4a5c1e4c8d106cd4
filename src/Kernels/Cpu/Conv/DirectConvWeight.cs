using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The weight gradient of a convolution without packing, for small images: per chunk of images and group, the images
/// go into a bordered scratch and the tiles of <see cref="TapKernel{V, T, S}"/> run over filters and taps.
/// </summary>
internal static unsafe class DirectConvWeight<T> where T : unmanaged
{
    private static int Filters => Vector512.IsHardwareAccelerated ? 4 : 3;

    private static int Taps => Vector512.IsHardwareAccelerated ? 6 : 4;

    private static int Width => Register<T>.Width;

    /// <summary>Whether this path serves the shape; decided by the shape of one image alone.</summary>
    public static bool Serves(in BorderedPlanes<T> planes, in ConvShape s) =>
        s.OutWidth >= Width && planes.FitCache;

    /// <summary>sums [chunks, filters, taps], each over its images.</summary>
    public static void Run(
        in ConvShape s, BorderedPlanes<T> planes, int* tapOffsets, T* image, T* gradient, T* sums, int chunks, int images)
    {
        // The offset of each tap in its plane; the last is repeated so that a tile may run over the end.
        int[] offsets = new int[s.Taps + Taps];
        for (int t = 0; t < offsets.Length; t++) offsets[t] = tapOffsets[Math.Min(t, s.Taps - 1)];
        fixed (int* at = offsets)
        {
            Threads.For((long)chunks * s.Groups, 1, new Body(s, planes, image, gradient, sums, images, at));
        }
    }

    private readonly struct Body(in ConvShape shape, BorderedPlanes<T> planes, T* image, T* gradient, T* sums, int images, int* offsets)
        : ILoopBody
    {
        private readonly ConvShape s = shape;

        [SkipLocalsInit]
        public void Run(long begin, long end)
        {
            T* scratch = Workspace<T>.Mine.Reserve(images * planes.Count + BorderedPlanes<T>.Slack);
            T* mask = stackalloc T[Width];
            new Span<byte>(mask, Width * sizeof(T)).Clear();
            new Span<byte>(mask + (Width - s.OutWidth % Width), s.OutWidth % Width * sizeof(T)).Fill(0xFF);
            TapRows rows = new(images, s.OutHeight, s.OutWidth, (long)s.Filters * s.OutPixels,
                planes.Count, (long)s.StrideY * planes.RowStep);
            for (long item = begin; item < end; item++)
            {
                long first = item / s.Groups * images;
                long group = item % s.Groups;
                for (int n = 0; n < images; n++)
                {
                    planes.Fill(image + ((first + n) * s.Channels + group * s.GroupChannels) * s.Height * s.Width,
                        scratch + n * planes.Count);
                }
                T* g = gradient + (first * s.Filters + group * s.GroupFilters) * s.OutPixels;
                Tiles(rows, g, scratch, mask, sums + item * s.GroupFilters * s.Taps);
            }
        }

        private void Tiles(in TapRows rows, T* g, T* scratch, T* mask, T* to)
        {
            T** plane = stackalloc T*[Filters];
            T* tile = stackalloc T[Filters * Taps];
            for (int f = 0; f < s.GroupFilters; f += Filters)
            {
                for (int i = 0; i < Filters; i++) plane[i] = g + (long)Math.Min(f + i, s.GroupFilters - 1) * s.OutPixels;
                for (int t = 0; t < s.Taps; t += Taps)
                {
                    Tile(rows, plane, scratch, offsets + t, mask, tile);
                    for (int i = 0; i < Math.Min(Filters, s.GroupFilters - f); i++)
                    {
                        for (int j = 0; j < Math.Min(Taps, s.Taps - t); j++) to[(long)(f + i) * s.Taps + t + j] = tile[i * Taps + j];
                    }
                }
            }
        }

        private static void Tile(in TapRows rows, T** planes, T* image, int* offsets, T* mask, T* to)
        {
            if (Vector512.IsHardwareAccelerated) TapKernel<Vector512<T>, T, Simd512<T>>.Large(rows, planes, image, offsets, mask, to);
            else if (Vector256.IsHardwareAccelerated) TapKernel<Vector256<T>, T, Simd256<T>>.Small(rows, planes, image, offsets, mask, to);
            else TapKernel<Vector128<T>, T, Simd128<T>>.Small(rows, planes, image, offsets, mask, to);
        }
    }
}
