using System.Runtime.InteropServices;

namespace MiniGrad;

/// <summary>
/// Large aligned arrays, kept by size class for reuse. Fresh arrays cost 5 to 19 times a pointwise pass over them (page
/// faults, full collections), reused ones nothing. Classes are eighths of a power of two: at most 12.5 % slack. When the
/// pool is full, classes that were not used for longest make room: a process that changes its sizes keeps its speed.
/// </summary>
internal static class BlockPool
{
    public const int SmallestBlock = 64 * 1024;
    public const long LargestBlock = 2_000_000_000;
    public const int Alignment = 64;

    /// <summary>Idle bytes kept; what exceeds it is left to the collector.</summary>
    private static readonly long Cap = Math.Min(4L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    private static readonly Lock Guard = new();
    private static readonly Dictionary<int, Shelf> Idle = [];
    private static long idleBytes;
    private static long clock;

    public static Block Rent(int size)
    {
        int capacity = SizeClass(size + Alignment);
        lock (Guard)
        {
            if (Idle.TryGetValue(capacity, out Shelf? shelf))
            {
                shelf.LastUse = ++clock;
                if (shelf.Blocks.TryPop(out byte[]? bytes))
                {
                    idleBytes -= capacity;
                    return new(bytes);
                }
            }
        }
        return new(GC.AllocateUninitializedArray<byte>(capacity, pinned: true));
    }

    public static void Return(byte[] bytes)
    {
        lock (Guard)
        {
            if (bytes.Length > Cap) return;
            if (!Idle.TryGetValue(bytes.Length, out Shelf? shelf)) Idle[bytes.Length] = shelf = new();
            shelf.LastUse = ++clock;
            while (idleBytes + bytes.Length > Cap) DropOldest();
            shelf.Blocks.Push(bytes);
            idleBytes += bytes.Length;
        }
    }

    /// <summary>Leaves one block of the class that was not used for longest to the collector.</summary>
    private static void DropOldest()
    {
        Shelf? oldest = null;
        foreach (Shelf shelf in Idle.Values)
        {
            if (shelf.Blocks.Count > 0 && (oldest is null || shelf.LastUse < oldest.LastUse)) oldest = shelf;
        }
        idleBytes -= oldest!.Blocks.Pop().Length;
    }

    private static int SizeClass(int size)
    {
        int step = Math.Max(4096, (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size) / 16));
        return (int)Math.Min(((long)size + step - 1) / step * step, Array.MaxLength);
    }

    /// <summary>The idle blocks of one class.</summary>
    private sealed class Shelf
    {
        public Stack<byte[]> Blocks { get; } = new();

        public long LastUse { get; set; }
    }

    /// <summary>Offset of the first 64-byte boundary in a pinned array.</summary>
    internal static int AlignedStart(byte[] bytes) =>
        (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) & (Alignment - 1));
}

/// <summary>A rented array; goes back to the pool once, by <see cref="Dispose"/> or when dropped.</summary>
internal sealed class Block(byte[] bytes) : IDisposable
{
    private byte[]? bytes = bytes;

    public byte[] Bytes => bytes!;

    public int Start { get; } = BlockPool.AlignedStart(bytes);

    ~Block() => GiveBack();

    public void Dispose()
    {
        GiveBack();
        GC.SuppressFinalize(this);
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref bytes, null) is not { } back) return;
        BlockPool.Return(back);
    }
}
