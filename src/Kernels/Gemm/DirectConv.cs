using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels;

/// <summary>
/// A convolution without packing: per image and group, the planes go into a bordered scratch and the tiles of
/// <see cref="OffsetKernel{V, T, S}"/> run over its rows. A run of pixels at the end of a row is moved back to end
/// with it and computes a few pixels twice, to the same bits.
/// </summary>
internal static unsafe class DirectConv<T> where T : unmanaged
{
    /// <summary>Image rows of a tile for a single filter.</summary>
    private const int Height = 6;

    /// <summary>Runs of pixels in a tile of half registers.</summary>
    private const int Runs = 4;

    private static int Width => 2 * Register<T>.Width;

    /// <summary>Whether this path serves the shape; decided by the shape of one image alone.</summary>
    public static bool Serves(in BorderedPlanes<T> planes, int strideX, int outWidth) =>
        strideX == 1 && outWidth >= Register<T>.Width / 4 && planes.FitCache;

    /// <summary>Whether rows cut into runs of half a register waste fewer lanes, by more than loading halves costs.</summary>
    private static bool UseHalves(int outWidth)
    {
        int whole = (outWidth + Register<T>.Width - 1) / Register<T>.Width * Register<T>.Width;
        int half = Register<T>.Width / 2;
        return (outWidth + half - 1) / half * half * 10 <= whole * 9;
    }

    /// <summary>y [items, filters, outHeight, outWidth] from images and weights of [filters, taps].</summary>
    public static void Run<PA>(
        long items, long groups, int filters, PA weights, T* source, long imageStep, BorderedPlanes<T> planes,
        int channels, int kernelY, int kernelX, int dilationY, int dilationX, int strideY, int outHeight, int outWidth, T* to)
        where PA : struct, IPanels<T>
    {
        int taps = channels * kernelY * kernelX;
        int[] offsets = new int[taps];
        for (int k = 0; k < taps; k++) offsets[k] = planes.TapOffset(k, kernelY, kernelX, dilationY, dilationX);
        fixed (int* at = offsets)
        {
            Body<PA> body = new(groups, filters, weights, source, imageStep, planes, taps, at, (long)strideY * planes.FullWidth, outHeight, outWidth, to);
            double work = (double)filters * taps * outHeight * outWidth;
            Threads.For(items, Math.Max(1, Math.Min((long)(100_000 / work), items / Threads.Count)), body);
        }
    }

    private readonly struct Body<PA>(
        long groups, int filters, PA weights, T* source, long imageStep, BorderedPlanes<T> planes, int taps, int* offsets,
        long rowStep, int outHeight, int outWidth, T* to) : ILoopBody where PA : struct, IPanels<T>
    {
        public void Run(long begin, long end)
        {
            bool byRows = filters <= 2;
            int strip = byRows ? 1 : Register<T>.TileRows;
            long image = planes.Count + BorderedPlanes<T>.Slack + Height * rowStep;
            long packed = (long)(filters + strip) * taps;
            T* scratch = Workspace<T>.Mine.Reserve(image + packed + Math.Max(Height, strip) * Width + 32);
            T* panels = scratch + (image + 15) / 16 * 16;
            T* edge = panels + (packed + 15) / 16 * 16;
            long packedGroup = -1;
            for (long item = begin; item < end; item++)
            {
                if (item % groups != packedGroup)
                {
                    packedGroup = item % groups;
                    for (int f = 0; f < filters; f += strip) weights.Pack(item, null, panels + (long)f * taps, 0, taps, f, Math.Min(strip, filters - f), strip);
                }
                planes.Fill(source + item * imageStep, scratch);
                T* y = to + item * filters * outHeight * outWidth;
                for (int f = 0; f < filters; f += strip)
                {
                    T* plane = y + (long)f * outHeight * outWidth;
                    if (byRows) Rows(scratch, panels + (long)f * taps, plane, edge);
                    else Filters(scratch, panels + (long)f * taps, plane, Math.Min(strip, filters - f), edge);
                }
            }
        }

        /// <summary>
        /// All pixels of some filters' planes. The planes are cut into runs of a register, or of half a one where that
        /// wastes less; a run at the end of a row is moved back to end with it, and the last tile repeats its last run.
        /// </summary>
        private void Filters(T* scratch, T* panel, T* plane, int count, T* edge)
        {
            bool halves = UseHalves(outWidth);
            int run = halves ? Register<T>.Width / 2 : Register<T>.Width;
            bool direct = count == Register<T>.TileRows && outWidth >= run;
            long planeStep = (long)outHeight * outWidth;
            int row = 0;
            int column = 0;
            T** image = stackalloc T*[Runs];
            T** to = stackalloc T*[Runs];
            while (row < outHeight)
            {
                for (int i = 0; i < Runs; i++)
                {
                    bool used = row < outHeight && (i < 2 || halves);
                    if (used)
                    {
                        int left = Math.Max(0, Math.Min(column, outWidth - run));
                        image[i] = scratch + row * rowStep + left;
                        to[i] = plane + (long)row * outWidth + left;
                        column += run;
                        if (column >= outWidth) (row, column) = (row + 1, 0);
                    }
                    else
                    {
                        image[i] = image[i - 1];
                        to[i] = to[i - 1];
                    }
                }
                if (direct)
                {
                    Tile(halves, panel, new(image[0], image[1], image[2], image[3], to[0], to[1], to[2], to[3]), planeStep);
                    continue;
                }
                Tile(halves, panel, new(image[0], image[1], image[2], image[3], edge, edge + run, edge + 2 * run, edge + 3 * run), Width);
                for (int f = 0; f < count; f++)
                {
                    for (int i = 0; i < (halves ? Runs : Runs / 2); i++)
                    {
                        new Span<T>(edge + f * Width + i * run, Math.Min(run, outWidth)).CopyTo(new Span<T>(to[i] + f * planeStep, Math.Min(run, outWidth)));
                    }
                }
            }
        }

        private void Rows(T* scratch, T* panel, T* plane, T* edge)
        {
            int width = Width;
            for (int y = 0; y < outHeight; y += Height)
            {
                int top = Math.Max(0, Math.Min(y, outHeight - Height));
                for (int x = 0; x < outWidth; x += width)
                {
                    int left = Math.Max(0, Math.Min(x, outWidth - width));
                    T* image = scratch + top * rowStep + left;
                    T* tile = plane + (long)top * outWidth + left;
                    // Fewer than six rows: the rows below are read from the scratch's slack and thrown away.
                    if (outHeight >= Height && outWidth >= width) RowTile(panel, image, tile, outWidth);
                    else
                    {
                        RowTile(panel, image, edge, width);
                        Copy(edge, tile, Math.Min(Height, outHeight), outWidth, Math.Min(width, outWidth));
                    }
                }
            }
        }

        private void Tile(bool halves, T* panel, in TilePlaces<T> at, long step)
        {
            if (halves) Tile<HalfRegisters>(panel, at, step);
            else Tile<WholeRegisters>(panel, at, step);
        }

        private void Tile<M>(T* panel, in TilePlaces<T> at, long step) where M : struct, ITileMode
        {
            if (Vector512.IsHardwareAccelerated) OffsetKernel<Vector512<T>, T, Simd512<T>>.Filters<M>(taps, offsets, panel, at, step);
            else if (Vector256.IsHardwareAccelerated) OffsetKernel<Vector256<T>, T, Simd256<T>>.Filters<M>(taps, offsets, panel, at, step);
            else OffsetKernel<Vector128<T>, T, Simd128<T>>.Filters<M>(taps, offsets, panel, at, step);
        }

        private void RowTile(T* panel, T* image, T* c, long step)
        {
            if (Vector512.IsHardwareAccelerated) OffsetKernel<Vector512<T>, T, Simd512<T>>.Rows(taps, offsets, panel, image, rowStep, c, step);
            else if (Vector256.IsHardwareAccelerated) OffsetKernel<Vector256<T>, T, Simd256<T>>.Rows(taps, offsets, panel, image, rowStep, c, step);
            else OffsetKernel<Vector128<T>, T, Simd128<T>>.Rows(taps, offsets, panel, image, rowStep, c, step);
        }

        private static void Copy(T* edge, T* tile, int rows, long step, int columns)
        {
            for (int i = 0; i < rows; i++) new Span<T>(edge + i * Width, columns).CopyTo(new Span<T>(tile + i * step, columns));
        }
    }
}
