namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The images as the matrix of <see cref="PatchPanels{T}"/> on its side, over a run of images: strips are neighbouring taps, depth
/// runs over image and pixel.
/// </summary>
internal readonly unsafe struct TapPanels<T>(
    T* source, long imageStep, int images, int groups, long groupStep, ConvTaps taps, BorderedPlanes<T> planes, int* offsets) : IPanels<T>
        where T : unmanaged
{
    public static bool IsPacked => false;

    public static int Together => 1;

    public long ScratchCount(int count) => images * planes.Count + BorderedPlanes<T>.Slack;

    public void Enter(long item, int first, int count, T* scratch)
    {
        for (int i = 0; i < images; i++)
        {
            planes.Fill(source + (item / groups * images + i) * imageStep + item % groups * groupStep, scratch + i * planes.Count);
        }
    }

    public T* Packed(long item, int first, int k, int width) => null;

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        for (int j = 0; j < width; j++)
        {
            T* target = to + j;
            if (j >= valid)
            {
                for (int d = 0; d < depth; d++, target += width) *target = default;
                continue;
            }
            (int plane, int tap) = Math.DivRem(first + j, taps.Places.Length);
            T* from = scratch + plane * (long)planes.FullHeight * planes.RowStep + offsets[tap];
            (int image, int pixel) = Math.DivRem(k, taps.OutPixels);
            (int y, int x) = Math.DivRem(pixel, taps.OutWidth);
            for (int d = 0; d < depth;)
            {
                T* line = from + image * planes.Count + (long)y * taps.StrideY * planes.RowStep + x;
                int n = Math.Min(taps.OutWidth - x, depth - d);
                for (int i = 0; i < n; i++, target += width) *target = line[i];
                d += n;
                x = 0;
                if (++y < taps.OutHeight) continue;
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
    public static bool IsPacked => false;

    public static int Together => 1;

    public long ScratchCount(int count) => 0;

    public void Enter(long item, int first, int count, T* scratch)
    {
    }

    public T* Packed(long item, int first, int k, int width) => null;

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        for (int j = 0; j < width; j++)
        {
            T* target = to + j;
            T* filter = source + item / groups * images * imageStep + item % groups * groupStep + (long)(first + j) * pixels;
            (int image, int pixel) = Math.DivRem(k, pixels);
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
