namespace MiniGrad.Kernels;

/// <summary>
/// A matrix that can be packed: hands out panels, strips of <c>width</c> neighbouring rows (or columns) over a run of
/// depth, stored depth-major with the strip side by side. What lies behind may be a strided matrix or an image.
/// </summary>
internal unsafe interface IPanels<T> where T : unmanaged
{
    /// <summary>Called once by a worker before it packs from a batch item; may fill the worker's scratch.</summary>
    void Enter(long item, T* scratch);

    /// <summary>Elements of scratch that <see cref="Enter"/> needs.</summary>
    long ScratchCount { get; }

    /// <summary>to [depth × width] = strip [first, first + valid) at depths [k, k + depth); the rest of the strip is zero.</summary>
    void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width);
}

/// <summary>Strided matrices, <c>item</c> apart, repeated every <c>period</c> items; <c>along</c> steps inside the strip, <c>down</c> over depth.</summary>
internal readonly unsafe struct MatrixPanels<T>(T* origin, long item, long along, long down, long period = long.MaxValue)
    : IPanels<T> where T : unmanaged
{
    public long ScratchCount => 0;

    public void Enter(long number, T* scratch)
    {
    }

    public void Pack(long number, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        T* from = origin + number % period * item + k * down + first * along;
        if (along == 1 && valid == width)
        {
            for (int d = 0; d < depth; d++) new Span<T>(from + d * down, width).CopyTo(new Span<T>(to + (long)d * width, width));
            return;
        }
        for (int j = 0; j < valid; j++)
        {
            T* source = from + j * along;
            T* target = to + j;
            for (int d = 0; d < depth; d++)
            {
                *target = *source;
                source += down;
                target += width;
            }
        }
        for (int j = valid; j < width; j++)
        {
            for (int d = 0; d < depth; d++) to[(long)d * width + j] = default;
        }
    }
}
