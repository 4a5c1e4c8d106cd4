namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// A device's memory in size classes that waste at most an eighth. Blocks that are given back are kept for the next request;
/// when the device or the cap is full, idle blocks are freed, then dropped tensors collected, before a request fails.
/// </summary>
internal sealed class GpuPool(GpuDriver driver, string deviceName)
{
    private const long SmallestBlock = 256;

    private readonly Lock guard = new();
    private readonly Dictionary<long, Stack<nint>> idle = [];
    private long idleBytes;

    /// <summary>Bytes that may be allocated at once, idle ones included.</summary>
    public long Cap { get; set; } = driver.Facts.Memory / 10 * 9;

    /// <summary>Bytes allocated from the driver now.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>The most bytes that were in use at once.</summary>
    public long PeakBytes { get; private set; }

    public GpuBlock Rent(long bytes)
    {
        long size = SizeClass(bytes);
        if (size <= driver.Facts.LargestBlock)
        {
            if (Take(size) is not 0 and nint memory) return new(this, memory, size);
            // Tensors that nobody holds any more still occupy memory until the collector has seen them.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (Take(size) is not 0 and nint second) return new(this, second, size);
        }
        throw new DeviceMemoryException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{deviceName}: out of memory: {bytes} bytes asked for, {AllocatedBytes - idleBytes} in use, {Cap} allowed at once, "
            + $"{driver.Facts.LargestBlock} in one block. Use a smaller batch."));
    }

    internal void Return(nint memory, long size)
    {
        lock (guard)
        {
            if (!idle.TryGetValue(size, out Stack<nint>? shelf)) idle[size] = shelf = new();
            shelf.Push(memory);
            idleBytes += size;
        }
    }

    /// <summary>Frees every idle block.</summary>
    public void Trim()
    {
        lock (guard)
        {
            foreach ((long size, Stack<nint> shelf) in idle)
            {
                while (shelf.TryPop(out nint memory))
                {
                    driver.Free(memory);
                    AllocatedBytes -= size;
                }
            }
            idleBytes = 0;
        }
    }

    private nint Take(long size)
    {
        lock (guard)
        {
            nint memory = 0;
            if (idle.TryGetValue(size, out Stack<nint>? shelf) && shelf.TryPop(out memory)) idleBytes -= size;
            else
            {
                memory = Allocate(size);
                if (memory == 0 && idleBytes > 0)
                {
                    Trim();
                    memory = Allocate(size);
                }
                if (memory == 0) return 0;
                AllocatedBytes += size;
            }
            PeakBytes = Math.Max(PeakBytes, AllocatedBytes - idleBytes);
            return memory;
        }
    }

    private nint Allocate(long size) => AllocatedBytes + size <= Cap ? driver.Allocate(size) : 0;

    private static long SizeClass(long bytes)
    {
        bytes = Math.Max(bytes, SmallestBlock);
        long step = Math.Max(SmallestBlock, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 16);
        return (bytes + step - 1) / step * step;
    }
}
