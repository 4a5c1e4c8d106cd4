using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// A matrix that can be packed: hands out panels, strips of <c>width</c> neighbouring rows (or columns) over a run of
/// depth, stored depth-major with the strip side by side. What lies behind may be a strided matrix or an image.
/// </summary>
internal unsafe interface IPanels<T> where T : unmanaged
{
    /// <summary>Whether <see cref="Packed"/> has every panel, so that <see cref="Pack"/> is never called.</summary>
    static abstract bool IsPacked { get; }

    /// <summary>How many neighbouring panels one call of <see cref="Pack"/> may fill.</summary>
    static abstract int Together { get; }

    /// <summary>Elements of scratch that <see cref="Enter"/> needs for that many rows or columns.</summary>
    long ScratchCount(int count);

    /// <summary>
    /// Called by a worker before it packs rows or columns [first, first + count) of a batch item; may fill the worker's
    /// scratch.
    /// </summary>
    void Enter(long item, int first, int count, T* scratch);

    /// <summary>
    /// to [depth × width] = strip [first, first + valid) at depths [k, k + depth); the rest of the strip is zero. Where
    /// <see cref="Together"/> allows it, more than width are valid and make several panels.
    /// </summary>
    void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width);

    /// <summary>The panel that begins at a row or column, from depth k on.</summary>
    T* Packed(long item, int first, int k, int width);
}

/// <summary>
/// Strided matrices; <c>along</c> steps inside the strip, <c>down</c> over depth. Items are counted over two axes, the
/// inner of length <c>inner</c>: batch and head, image and group.
/// </summary>
internal readonly unsafe struct MatrixPanels<T>(T* origin, long along, long down, long outerStep = 0, long inner = 1, long innerStep = 0)
    : IPanels<T> where T : unmanaged
{
    public static bool IsPacked => false;

    // A row of eight panels is a kilobyte: far apart rows are read in fewer, longer pieces.
    public static int Together => 8;

    public long ScratchCount(int count) => 0;

    public void Enter(long item, int first, int count, T* scratch)
    {
    }

    public T* Packed(long item, int first, int k, int width) => null;

    public void Pack(long item, T* scratch, T* to, int k, int depth, int first, int valid, int width)
    {
        T* from = origin + item / inner * outerStep + item % inner * innerStep + k * down + first * along;
        if (along == 1)
        {
            PackRows(from, to, depth, valid, width);
            return;
        }
        for (; valid > width; valid -= width, from += width * along, to += (long)depth * width) PackColumns(from, to, depth, width, width);
        PackColumns(from, to, depth, valid, width);
    }

    private void PackRows(T* from, T* to, int depth, int valid, int width)
    {
        int whole = valid / width;
        int rest = valid - whole * width;
        long panel = (long)depth * width;
        for (int d = 0; d < depth; d++, from += down, to += width)
        {
            T* source = from;
            T* target = to;
            for (int i = 0; Sse.IsSupported && i < valid; i += 64 / sizeof(T)) Sse.Prefetch0(from + 8 * down + i);
            for (int i = 0; i < whole; i++, source += width, target += panel)
            {
                Unsafe.CopyBlockUnaligned(target, source, (uint)(width * sizeof(T)));
            }
            if (rest == 0) continue;
            Unsafe.CopyBlockUnaligned(target, source, (uint)(rest * sizeof(T)));
            for (int j = rest; j < width; j++) target[j] = default;
        }
    }

    private void PackColumns(T* from, T* to, int depth, int valid, int width)
    {
        if (down == 1)
        {
            Transpose.Pack(from, along, valid, depth, to, width);
        }
        else
        {
            for (int d = 0; d < depth; d++, from += down, to += width)
            {
                for (int j = 0; j < width; j++) to[j] = j < valid ? from[j * along] : default;
            }
        }
    }
}

/// <summary>A matrix that was packed before, over its whole depth: weights.</summary>
internal readonly unsafe struct PackedPanels<T>(T* origin, int depth, long itemStep, long items) : IPanels<T> where T : unmanaged
{
    public static bool IsPacked => true;

    public static int Together => 1;

    public long ScratchCount(int count) => 0;

    public void Enter(long item, int first, int count, T* scratch)
    {
    }

    public void Pack(long item, T* scratch, T* to, int k, int length, int first, int valid, int width)
    {
    }

    public T* Packed(long item, int first, int k, int width) => origin + item % items * itemStep + (long)first * depth + (long)k * width;
}
