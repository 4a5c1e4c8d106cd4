using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Images as the matrix [planes × taps, output pixels of all images], packed from a bordered copy of the rows at hand
/// without ever being written out: strips are neighbouring output pixels, depth runs over plane and tap.
/// </summary>
internal unsafe struct PatchPanels<T>(T* source, long imageStep, long groupStep, ConvTaps taps, BorderedPlanes<T> planes, int* offsets)
    : IPanels<T> where T : unmanaged
{
    private int image;
    private int row;
    private int rows;

    public static bool IsPacked => false;

    public static int Together => 1;

    public readonly long ScratchCount(int count)
    {
        int images = Math.Min((count - 2) / taps.OutPixels + 2, count);
        long row = (long)planes.Planes * planes.RowStep;
        return Math.Max(images, 1) * planes.FullHeight * row + BorderedPlanes<T>.Slack;
    }

    public void Enter(long item, int first, int count, T* scratch)
    {
        int pixels = taps.OutPixels;
        int last = first + count - 1;
        image = first / pixels;
        row = 0;
        rows = planes.FullHeight;
        if (last / pixels == image)
        {
            // Part of one image: only the rows that its pixels touch.
            row = first % pixels / taps.OutWidth;
            rows -= (taps.OutHeight - 1 - (last % pixels / taps.OutWidth - row)) * taps.StrideY;
        }
        for (int n = image; n <= last / pixels; n++)
        {
            planes.Fill(source + n * imageStep + item * groupStep,
                scratch + (n - image) * (long)planes.Planes * rows * planes.RowStep, row * taps.StrideY, rows);
        }
    }

    public readonly T* Packed(long item, int first, int k, int width) => null;

    [SkipLocalsInit]
    public readonly void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        // Where each pixel of the strip starts, and where a run of neighbours is broken by the end of a row.
        int* start = stackalloc int[width];
        int* run = stackalloc int[width + 1];
        int runs = 0;
        int planeStep = rows * planes.RowStep;
        for (int j = 0; j < valid; j++)
        {
            (int n, int pixel) = Math.DivRem(first + j, taps.OutPixels);
            start[j] = (n - image) * planes.Planes * planeStep
                + (pixel / taps.OutWidth - row) * taps.StrideY * planes.RowStep + pixel % taps.OutWidth;
            if (j == 0 || start[j] != start[j - 1] + 1) run[runs++] = j;
        }
        run[runs] = valid;
        int count = taps.Places.Length;
        int tap = k % count;
        T* plane = scratch + (long)(k / count) * planeStep;
        for (int d = 0; d < depth; d++, to += width)
        {
            T* from = plane + offsets[tap];
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
            if (++tap < count) continue;
            tap = 0;
            plane += planeStep;
        }
    }
}

/// <summary>Images of a one-tap convolution without stride or border: the planes already are the matrix.</summary>
internal readonly unsafe struct PlainPanels<T>(T* source, long imageStep, long groupStep, int pixels) : IPanels<T> where T : unmanaged
{
    public static bool IsPacked => false;

    public static int Together => 1;

    public long ScratchCount(int count) => 0;

    public void Enter(long item, int first, int count, T* scratch)
    {
    }

    public T* Packed(long item, int first, int k, int width) => null;

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        for (int done = 0; done < valid;)
        {
            (int image, int pixel) = Math.DivRem(first + done, pixels);
            int count = Math.Min(valid - done, pixels - pixel);
            T* from = source + image * imageStep + item * groupStep + (long)k * pixels + pixel;
            T* line = to + done;
            if (count == width)
            {
                for (int d = 0; d < depth; d++, from += pixels, line += width)
                {
                    Unsafe.CopyBlockUnaligned(line, from, (uint)(width * sizeof(T)));
                }
            }
            else
            {
                for (int d = 0; d < depth; d++, from += pixels, line += width)
                {
                    for (int j = 0; j < count; j++) line[j] = from[j];
                }
            }
            done += count;
        }
        for (int d = 0; d < depth; d++)
        {
            for (int j = valid; j < width; j++) to[(long)d * width + j] = default;
        }
    }
}
