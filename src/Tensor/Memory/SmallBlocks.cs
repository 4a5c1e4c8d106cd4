using System.Numerics;

namespace MiniGrad;

/// <summary>
/// The small arrays of one thread's arenas, aligned and kept by size class for reuse: a network of a few kilobytes runs
/// in memory that is still in the cache. Classes are quarters of a power of two.
/// </summary>
internal sealed class SmallBlocks
{
    /// <summary>Idle bytes kept; beyond it classes that were not used for longest are left to the collector.</summary>
    private const long Cap = 64L << 20;

    [ThreadStatic]
    private static SmallBlocks? mine;

    private readonly Stack<byte[]>?[] idle = new Stack<byte[]>?[4 * 18];
    private readonly long[] lastUse = new long[4 * 18];
    private long idleBytes;
    private long clock;

    private static SmallBlocks Mine => mine ??= new();

    /// <summary>An array with room for that many bytes from its first 64-byte boundary on.</summary>
    public static byte[] Rent(int size)
    {
        int capacity = Capacity(size + BlockPool.Alignment);
        SmallBlocks blocks = Mine;
        blocks.lastUse[Class(capacity)] = ++blocks.clock;
        if (blocks.idle[Class(capacity)] is not { } stack || !stack.TryPop(out byte[]? bytes))
        {
            return GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        }
        blocks.idleBytes -= capacity;
        return bytes;
    }

    public static void Return(byte[] bytes)
    {
        SmallBlocks blocks = Mine;
        blocks.lastUse[Class(bytes.Length)] = ++blocks.clock;
        while (blocks.idleBytes + bytes.Length > Cap) blocks.DropOldest();
        (blocks.idle[Class(bytes.Length)] ??= new()).Push(bytes);
        blocks.idleBytes += bytes.Length;
    }

    private void DropOldest()
    {
        int oldest = -1;
        for (int k = 0; k < idle.Length; k++)
        {
            if (idle[k] is { Count: > 0 } && (oldest < 0 || lastUse[k] < lastUse[oldest])) oldest = k;
        }
        idleBytes -= idle[oldest]!.Pop().Length;
    }

    private static int Capacity(int size)
    {
        int step = (int)Math.Max(BlockPool.Alignment, BitOperations.RoundUpToPowerOf2((uint)size) / 8);
        return (size + step - 1) / step * step;
    }

    private static int Class(int capacity)
    {
        int power = BitOperations.Log2((uint)capacity);
        return 4 * power + ((capacity >> (power - 2)) & 3);
    }
}
