using System.Runtime.Intrinsics;

namespace MiniGrad.Kernels.Cpu;

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

    /// <summary>
    /// Output rows of a band whose planes stay in the second cache, of at least 512 KB, while tile after tile passes over
    /// them; 0 where there are none. Decided by the shape of one image alone.
    /// </summary>
    public static int BandRows(ConvTaps taps, in BorderedPlanes<T> planes)
    {
        if (taps.OutWidth < Register<T>.Width / 4) return 0;
        int reach = planes.FullHeight - (taps.OutHeight - 1) * taps.StrideY;
        long rows = 320 * 1024 / ((long)planes.Planes * planes.RowStep * sizeof(T));
        long band = (rows - reach) / taps.StrideY + 1;
        return rows < reach ? 0 : band >= taps.OutHeight ? taps.OutHeight : band < 4 ? 0 : (int)band;
    }

    /// <summary>The filters of a strip of packed weights: one where tiles are rows of the image.</summary>
    public static int StripHeight(int filters) => filters <= 2 ? 1 : Register<T>.TileRows;

    /// <summary>Whether rows cut into runs of half a register waste fewer lanes, by more than loading halves costs.</summary>
    private static bool UseHalves(int outWidth)
    {
        int whole = (outWidth + Register<T>.Width - 1) / Register<T>.Width * Register<T>.Width;
        int half = Register<T>.Width / 2;
        return (outWidth + half - 1) / half * half * 10 <= whole * 9;
    }

    /// <summary>y [items, filters, outHeight, outWidth] from images and packed weights of [groups, filters, depth].</summary>
    public static void Run(
        long items, int groups, int filters, T* weights, T* source, long imageStep, ConvTaps taps, BorderedPlanes<T> planes, int bandRows,
        int* offsets, T* to, in EpiloguePointers<T> epilogue)
    {
        int bands = (taps.OutHeight + bandRows - 1) / bandRows;
        Body body = new(groups, filters, weights, source, imageStep, taps, planes, bands, offsets, to, epilogue);
        double work = (double)filters * taps.Depth * taps.OutPixels / bands;
        long tasks = items * bands;
        Threads.For(tasks, Math.Max(1, Math.Min((long)(100_000 / work), tasks / Threads.Count)), body);
    }

    private readonly struct Body(
        int groups, int filters, T* weights, T* source, long imageStep, ConvTaps taps,
        BorderedPlanes<T> planes, int bands, int* offsets, T* to, in EpiloguePointers<T> epilogue) : ILoopBody
    {
        private readonly EpiloguePointers<T> epilogue = epilogue;
        private readonly long rowStep = (long)taps.StrideY * planes.RowStep;
        /// <summary>Bordered rows of a band; bands are as even as can be.</summary>
        private readonly int bandHeight = planes.FullHeight - (taps.OutHeight - (taps.OutHeight + bands - 1) / bands) * taps.StrideY;
        private readonly int outWidth = taps.OutWidth;
        private readonly int depth = taps.Depth;

        public void Run(long begin, long end)
        {
            Strips strips = new(filters, StripHeight(filters));
            long image = (long)planes.Planes * bandHeight * planes.RowStep + BorderedPlanes<T>.Slack + Height * rowStep;
            T* scratch = Workspace<T>.Mine.Reserve(image + Math.Max(Height, Register<T>.TileRows) * Width + 32);
            T* edge = scratch + (image + 15) / 16 * 16;
            Strips cuts = new(taps.OutHeight, (taps.OutHeight + bands - 1) / bands);
            for (long task = begin; task < end; task++)
            {
                long item = task / bands;
                int row = cuts.Start((int)(task % bands));
                int rows = cuts.Height((int)(task % bands));
                planes.Fill(source + item * imageStep, scratch, row * taps.StrideY, bandHeight);
                T* y = to + item * filters * taps.OutPixels + row * outWidth;
                T* group = weights + item % groups * filters * depth;
                for (int strip = 0; strip < strips.Count; strip++)
                {
                    int first = strips.Start(strip);
                    int count = strips.Height(strip);
                    T* plane = y + (long)first * taps.OutPixels;
                    if (StripHeight(filters) == 1) Rows(scratch, group + (long)first * depth, plane, rows, edge);
                    else Filters(scratch, group + (long)first * depth, plane, rows, count, edge);
                    if (epilogue.IsNone) continue;
                    for (int f = 0; f < count; f++, plane += taps.OutPixels)
                    {
                        epilogue.Apply(plane, plane - to, (int)(item % groups) * filters + first + f, rows * outWidth);
                    }
                }
            }
        }

        /// <summary>
        /// All pixels of some filters' planes. The planes are cut into runs of a register, or of half a one where that
        /// wastes less; a run at the end of a row is moved back to end with it, and the last tile repeats its last run.
        /// </summary>
        private void Filters(T* scratch, T* panel, T* plane, int outHeight, int count, T* edge)
        {
            bool halves = UseHalves(outWidth);
            int run = halves ? Register<T>.Width / 2 : Register<T>.Width;
            bool direct = outWidth >= run;
            long planeStep = taps.OutPixels;
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
                    Tile(halves, count, panel, new(image[0], image[1], image[2], image[3], to[0], to[1], to[2], to[3]), planeStep);
                    continue;
                }
                Tile(halves, count, panel,
                    new(image[0], image[1], image[2], image[3], edge, edge + run, edge + 2 * run, edge + 3 * run), Width);
                for (int f = 0; f < count; f++)
                {
                    for (int i = 0; i < (halves ? Runs : Runs / 2); i++)
                    {
                        new Span<T>(edge + f * Width + i * run, Math.Min(run, outWidth))
                            .CopyTo(new Span<T>(to[i] + f * planeStep, Math.Min(run, outWidth)));
                    }
                }
            }
        }

        private void Rows(T* scratch, T* panel, T* plane, int outHeight, T* edge)
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

        private void Tile(bool halves, int count, T* panel, in TilePlaces<T> at, long step)
        {
            if (halves) Tile<HalfRegisters>(count, panel, at, step);
            else Tile<WholeRegisters>(count, panel, at, step);
        }

        private void Tile<M>(int count, T* panel, in TilePlaces<T> at, long step) where M : struct, ITileMode
        {
            if (Vector512.IsHardwareAccelerated)
            {
                OffsetKernel<Vector512<T>, T, Simd512<T>>.Filters<M>(count, depth, offsets, panel, at, step);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                OffsetKernel<Vector256<T>, T, Simd256<T>>.Filters<M>(count, depth, offsets, panel, at, step);
            }
            else OffsetKernel<Vector128<T>, T, Simd128<T>>.Filters<M>(count, depth, offsets, panel, at, step);
        }

        private void RowTile(T* panel, T* image, T* c, long step)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                OffsetKernel<Vector512<T>, T, Simd512<T>>.Rows(depth, offsets, panel, image, rowStep, c, step);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                OffsetKernel<Vector256<T>, T, Simd256<T>>.Rows(depth, offsets, panel, image, rowStep, c, step);
            }
            else OffsetKernel<Vector128<T>, T, Simd128<T>>.Rows(depth, offsets, panel, image, rowStep, c, step);
        }

        private static void Copy(T* edge, T* tile, int rows, long step, int columns)
        {
            for (int i = 0; i < rows; i++) new Span<T>(edge + i * Width, columns).CopyTo(new Span<T>(tile + i * step, columns));
        }
    }
}
