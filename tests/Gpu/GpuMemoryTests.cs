using System.Runtime.CompilerServices;
using MiniGrad.Kernels;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Nn;
using MiniGrad.Tests.Devices;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>A device's memory when it is full, given back or read where nothing is.</summary>
public class GpuMemoryTests
{
    private const int Block = 1 << 20;

    [GpuFact]
    public void AFullDeviceSaysHowMuchOfWhat()
    {
        GpuDevice device = OwnGpu.Device();
        device.MemoryCap = 3 * Block;
        Storage first = Taken(device, DType.Bool, 2 * Block);
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(() => Taken(device, DType.F32, Block / 2));
        Assert.Equal($"gpu:own: out of memory: {2 * Block} bytes asked for, {2 * Block} in use, {3 * Block} allowed at once, "
            + $"{device.Facts.LargestBlock} in one block. Use a smaller batch.",
            error.Message);
        Assert.Equal(2 * Block, device.PeakBytes);
        GC.KeepAlive(first);
    }

    [GpuFact]
    public void ABlockLargerThanTheDeviceTakesIsRefused()
    {
        GpuDevice device = OwnGpu.Device();
        device.MemoryCap = long.MaxValue;
        Assert.Throws<DeviceMemoryException>(() => Taken(device, DType.Bool, device.Facts.LargestBlock + 1));
    }

    [GpuFact]
    public void DroppedTensorsAreCollectedBeforeARequestFails()
    {
        GpuDevice device = OwnGpu.Device();
        device.MemoryCap = 3 * Block;
        for (int i = 0; i < 8; i++) Drop(device, Block + i * (Block / 4));
        Assert.True(device.PeakBytes <= 3 * Block);
        Assert.True(device.Pool.AllocatedBytes <= 3 * Block);
    }

    [GpuFact]
    public void IdleBlocksOfOtherSizesAreFreed()
    {
        WatchedDriver? driver = null;
        GpuDevice device = OwnGpu.Device(inner => driver = new(inner));
        device.MemoryCap = 3 * Block;
        device.Pool.Rent(2 * Block).Dispose();
        device.Pool.Rent(2 * Block).Dispose();
        Assert.Equal(0, driver!.Frees);
        Assert.Equal(2 * Block, device.Pool.AllocatedBytes);
        GpuBlock other = device.Pool.Rent(Block + Block / 2);
        Assert.Equal(1, driver.Frees);
        Assert.Equal(Block + Block / 2, device.Pool.AllocatedBytes);
        other.Dispose();
        device.Pool.Trim();
        Assert.Equal(2, driver.Frees);
        Assert.Equal(0, device.Pool.AllocatedBytes);
    }

    [GpuFact]
    public void ARecycledTensorSaysSo()
    {
        GpuDevice device = OwnGpu.Device();
        Tensor inside = Arena.Step(() => Tensor.From(1f, 2).To(device), _ => []);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => inside.ToArray<float>());
        Assert.StartsWith("tensor: its memory was recycled", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => inside + inside);
    }

    [GpuTheory]
    [InlineData(-1)]
    [InlineData(3)]
    public void AGatherOutOfRangeIsToldAtTheNextDownload(int index)
    {
        GpuDevice device = OwnGpu.Device();
        Backend kernels = device.Backend;
        Storage x = Stored(device, DType.F32, 3, 0);
        Storage places = Stored(device, DType.I32, 4, index);
        Storage y = Stored(device, DType.F32, 4, 0);
        kernels.Gather(new(x, Layout.Contiguous([1, 3, 1])),
            new(places, Layout.Contiguous([1, 4, 1])), new(y, Layout.Contiguous([1, 4, 1])));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => y.Download(new byte[16]));
        Assert.Contains($"gather: index {index} is outside 0 to 2.", error.Message, StringComparison.Ordinal);
        // It is told once.
        y.Download(new byte[16]);

        kernels.ScatterAdd(new(y, Layout.Contiguous([1, 4, 1])),
            new(places, Layout.Contiguous([1, 4, 1])), new(x, Layout.Contiguous([1, 3, 1])));
        error = Assert.Throws<ArgumentOutOfRangeException>(() => x.Download(new byte[12]));
        Assert.Contains($"scatter-add: index {index} is outside 0 to 2.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// What an attempt made before it ran out of memory must not stand in the way of the
    /// next, nor one part in that of another.
    /// </summary>
    [GpuFact]
    public void HalvesFitWhereTheWholeDidNot()
    {
        GpuDevice device = OwnGpu.Device();
        Tensor x = Numbers.Random([64, 1 << 14], DType.F32, "x");
        double[] expected = Numbers.Doubles(Work(x));
        device.MemoryCap = 13 * Block;
        NoteList notes = new();
        MicroBatches batches = new(device, notes);
        using Arena arena = Arena.Open();
        Tensor found = batches.Map(x.To(device), Work);
        Numbers.Close(expected, Numbers.Doubles(found), _ => 1e-6, "rows");
        Assert.Equal("gpu:own: out of memory with 64 images at once; going on with 32.", notes.Lines[0]);
        Assert.True(notes.Lines.Count <= 2, string.Join('\n', notes.Lines));

        static Tensor Work(Tensor x) => x.Softmax(-1).Softmax(-1).Softmax(-1).Sum(1);
    }

    /// <summary>The first element is the given number, the others are 0.</summary>
    private static Storage Stored(GpuDevice device, DType type, int count, int first)
    {
        Storage storage = device.Allocate(type, count);
        byte[] bytes = new byte[count * type.Size()];
        BitConverter.TryWriteBytes(bytes, first);
        storage.Upload(bytes);
        return storage;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(GpuDevice device, int bytes) => Taken(device, DType.Bool, bytes);

    /// <summary>Memory is taken at its first use.</summary>
    private static Storage Taken(GpuDevice device, DType type, long count)
    {
        Storage storage = device.Allocate(type, count);
        _ = ((GpuStorage)storage).Memory;
        return storage;
    }
}
