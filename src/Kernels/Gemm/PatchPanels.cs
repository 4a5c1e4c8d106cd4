using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels;

/// <summary>
/// The planes of one image (or one group of its channels) in a zero border, optionally spread out by zeros: then a tap
/// of a convolution is a constant offset and no inner loop asks whether it has left the image.
/// </summary>
internal readonly unsafe struct BorderedPlanes<T>(int planes, int height, int width, int spreadY, int spreadX, int top, int left, int fullHeight, int fullWidth)
    where T : unmanaged
{
    /// <summary>Elements that a vector load may read past the last tap.</summary>
    public const int Slack = 64;

    public int FullWidth => fullWidth;

    public int FullArea => fullHeight * fullWidth;

    public long Count => (long)planes * FullArea;

    /// <summary>Whether the planes stay in the second cache, of at least 512 KB, while tile after tile passes over them.</summary>
    public bool FitCache => Count * sizeof(T) <= 320 * 1024;

    /// <summary>Where a tap lies from the window's corner, for taps counted over plane, kernel row, kernel column.</summary>
    public int TapOffset(int tap, int kernelY, int kernelX, int dilationY, int dilationX) =>
        tap / (kernelX * kernelY) * FullArea + tap / kernelX % kernelY * dilationY * fullWidth + tap % kernelX * dilationX;

    public void Fill(T* source, T* target)
    {
        new Span<T>(target, checked((int)Count)).Clear();
        for (int plane = 0; plane < planes; plane++)
        {
            T* from = source + (long)plane * height * width;
            T* to = target + (long)plane * FullArea;
            for (int i = 0; i < height; i++)
            {
                int y = i * spreadY + top;
                if ((uint)y >= (uint)fullHeight) continue;
                T* row = to + (long)y * fullWidth;
                if (spreadX == 1)
                {
                    int skip = Math.Max(0, -left);
                    int n = Math.Min(width, fullWidth - left) - skip;
                    if (n > 0) new Span<T>(from + (long)i * width + skip, n).CopyTo(new Span<T>(row + left + skip, n));
                    continue;
                }
                for (int j = 0; j < width; j++)
                {
                    int x = j * spreadX + left;
                    if ((uint)x < (uint)fullWidth) row[x] = from[(long)i * width + j];
                }
            }
        }
    }
}

/// <summary>
/// An image as the matrix [taps, output pixels] of a convolution, packed from a bordered copy without ever being
/// written out: strips are neighbouring output pixels, depth runs over channel, kernel row, kernel column.
/// </summary>
internal readonly unsafe struct PatchPanels<T>(
    T* source, long imageStep, BorderedPlanes<T> planes, int kernelY, int kernelX, int dilationY, int dilationX, int strideY, int strideX, int outWidth)
    : IPanels<T> where T : unmanaged
{
    public long ScratchCount => planes.Count + BorderedPlanes<T>.Slack;

    public void Enter(long item, T* scratch) => planes.Fill(source + item * imageStep, scratch);

    [SkipLocalsInit]
    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        // Where each pixel of the strip starts, and where a run of neighbours is broken by the end of a row.
        int* start = stackalloc int[width];
        int* run = stackalloc int[width + 1];
        int runs = 0;
        for (int j = 0; j < valid; j++)
        {
            int pixel = first + j;
            start[j] = pixel / outWidth * strideY * planes.FullWidth + pixel % outWidth * strideX;
            if (j == 0 || start[j] != start[j - 1] + 1) run[runs++] = j;
        }
        run[runs] = valid;
        int column = k % kernelX;
        int row = k / kernelX % kernelY;
        long plane = (long)(k / (kernelX * kernelY)) * planes.FullArea;
        for (int d = 0; d < depth; d++, to += width)
        {
            T* from = scratch + plane + (long)row * dilationY * planes.FullWidth + column * dilationX;
            if (runs <= 4)
            {
                // The first run is copied at full width; what it overshoots, the next runs and the zeros overwrite.
                Unsafe.CopyBlockUnaligned(to, from + start[0], (uint)(width * sizeof(T)));
                for (int r = 1; r < runs; r++)
                {
                    T* line = from + start[run[r]] - run[r];
                    for (int j = run[r]; j < run[r + 1]; j++) to[j] = line[j];
                }
            }
            else
            {
                for (int j = 0; j < valid; j++) to[j] = from[start[j]];
            }
            for (int j = valid; j < width; j++) to[j] = default;
            if (++column < kernelX) continue;
            column = 0;
            if (++row < kernelY) continue;
            row = 0;
            plane += planes.FullArea;
        }
    }
}

/// <summary>
/// The same matrix on its side, over a run of images: strips are neighbouring taps, depth runs over image and pixel.
/// For the weight gradient.
/// </summary>
internal readonly unsafe struct TapPanels<T>(
    T* source, long imageStep, int images, int groups, long groupStep, BorderedPlanes<T> planes, in ConvShape shape) : IPanels<T> where T : unmanaged
{
    private readonly ConvShape shape = shape;

    public long ScratchCount => images * planes.Count + BorderedPlanes<T>.Slack;

    public void Enter(long item, T* scratch)
    {
        for (int i = 0; i < images; i++)
        {
            planes.Fill(source + (item / groups * images + i) * imageStep + item % groups * groupStep, scratch + i * planes.Count);
        }
    }

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        int pixels = shape.OutPixels;
        for (int j = 0; j < width; j++)
        {
            T* target = to + j;
            if (j >= valid)
            {
                for (int d = 0; d < depth; d++, target += width) *target = default;
                continue;
            }
            int tap = first + j;
            int kernel = shape.KernelHeight * shape.KernelWidth;
            T* from = scratch + (long)(tap / kernel) * planes.FullArea
                + (long)(tap / shape.KernelWidth % shape.KernelHeight) * shape.DilationY * planes.FullWidth
                + tap % shape.KernelWidth * shape.DilationX;
            int image = k / pixels;
            int y = k % pixels / shape.OutWidth;
            int x = k % pixels % shape.OutWidth;
            for (int d = 0; d < depth;)
            {
                T* line = from + image * planes.Count + (long)y * shape.StrideY * planes.FullWidth;
                int n = Math.Min(shape.OutWidth - x, depth - d);
                for (int i = 0; i < n; i++, target += width) *target = line[(x + i) * shape.StrideX];
                d += n;
                x = 0;
                if (++y < shape.OutHeight) continue;
                y = 0;
                image++;
            }
        }
    }
}

/// <summary>The output gradient of a run of images: strips are filters, depth runs over image and pixel.</summary>
internal readonly unsafe struct GradientPanels<T>(T* source, long imageStep, int images, int groups, long groupStep, int pixels)
    : IPanels<T> where T : unmanaged
{
    public long ScratchCount => 0;

    public void Enter(long item, T* scratch)
    {
    }

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        for (int j = 0; j < width; j++)
        {
            T* target = to + j;
            T* filter = source + item / groups * images * imageStep + item % groups * groupStep + (long)(first + j) * pixels;
            int image = k / pixels;
            int pixel = k % pixels;
            for (int d = 0; d < depth;)
            {
                int n = Math.Min(pixels - pixel, depth - d);
                T* line = filter + image * imageStep + pixel;
                for (int i = 0; i < n; i++, target += width) *target = j < valid ? line[i] : default;
                d += n;
                pixel = 0;
                image++;
            }
        }
    }
}

/// <summary>Weights of a group turned round for the input gradient: strips are input channels, depth runs over filter and the kernel backwards.</summary>
internal readonly unsafe struct TurnedWeights<T>(T* weights, int groups, in ConvShape shape) : IPanels<T> where T : unmanaged
{
    private readonly ConvShape shape = shape;

    public long ScratchCount => 0;

    public void Enter(long item, T* scratch)
    {
    }

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        int kernel = shape.KernelHeight * shape.KernelWidth;
        T* group = weights + item % groups * shape.GroupFilters * shape.Taps;
        for (int d = 0; d < depth; d++, to += width)
        {
            int filter = (k + d) / kernel;
            int place = kernel - 1 - (k + d) % kernel;
            T* from = group + (long)filter * shape.Taps + place;
            for (int j = 0; j < width; j++) to[j] = j < valid ? from[(long)(first + j) * kernel] : default;
        }
    }
}
