namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Weights in the order that a kernel reads. Packing costs as much as an image or two, so copies of weights that are
/// used again (<see cref="Storage.IsReused"/>) stay with their storage and go when it goes; others are made for one call.
/// </summary>
internal readonly unsafe struct PackedWeights<T> : IDisposable where T : unmanaged
{
    private readonly Block block;
    private readonly bool kept;

    private PackedWeights(Block block, bool kept) => (this.block, this.kept) = (block, kept);

    public T* At
    {
        get
        {
            fixed (byte* from = &block.Bytes[block.Start]) return (T*)from;
        }
    }

    /// <summary>The copy of these weights for a key, made by the packer when there is none.</summary>
    public static PackedWeights<T> Get<P>(in View weights, in PackKey key, long count, in P packer) where P : IPacker<T>
    {
        CpuStorage storage = (CpuStorage)weights.Storage;
        if (storage.IsReused && storage.FindCopy(key) is { } found) return new(found, true);
        Block made = BlockPool.Rent(checked((int)(count * sizeof(T)) + 256));
        PackedWeights<T> packed = new(made, false);
        fixed (T* from = Memory.Of<T>(weights)) packer.Pack(from + weights.Layout.Offset, packed.At);
        return storage.IsReused ? new(storage.KeepCopy(key, made), true) : packed;
    }

    public void Dispose()
    {
        if (!kept) block.Dispose();
    }
}

/// <summary>Writes weights in another order.</summary>
internal unsafe interface IPacker<T> where T : unmanaged
{
    void Pack(T* from, T* to);
}
