namespace MiniGrad;

internal sealed class CpuDevice(string name) : Device
{
    public override string Name => name;

    public override Storage Allocate(DType type, long count)
    {
        var storage = new CpuStorage(this, type, count);
        Arena.Current?.Note(storage);
        return storage;
    }
}

/// <summary>
/// Elements in managed memory. Small blocks are ordinary arrays; large ones come 64-byte aligned from
/// <see cref="BlockPool"/> and return there when the collector finds the storage dropped, or at once through an arena.
/// </summary>
public sealed class CpuStorage : Storage
{
    private readonly Block? pooled;
    private byte[]? bytes;
    private readonly int start;
    private List<(PackKey Key, Block Copy)>? copies;

    internal CpuStorage(Device device, DType type, long count) : base(device, type, count)
    {
        long size = checked(count * type.Size());
        if (size > BlockPool.LargestBlock)
        {
            throw new DeviceException($"cpu: a tensor of {count} elements needs {size} bytes, one block holds at most {BlockPool.LargestBlock}. Use smaller batches.");
        }
        if (size < BlockPool.SmallestBlock)
        {
            bytes = GC.AllocateUninitializedArray<byte>((int)size);
        }
        else
        {
            pooled = BlockPool.Rent((int)size);
            bytes = pooled.Bytes;
            start = pooled.Start;
        }
    }

    /// <summary>The memory, from the first element on.</summary>
    public Span<byte> Bytes
    {
        get
        {
            if (bytes is null) Throw.Invalid("tensor: its memory was recycled at the end of the arena step that made it. Return it from the step, or copy it out.");
            return bytes.AsSpan(start, checked((int)(Count * Type.Size())));
        }
    }

    // A storage dropped during a copy must not give its block back before the copy ends.
    public override void Upload(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Bytes);
        GC.KeepAlive(this);
    }

    public override void Download(Span<byte> target)
    {
        Bytes[..target.Length].CopyTo(target);
        GC.KeepAlive(this);
    }

    /// <summary>A copy of the elements in another order, if one was kept.</summary>
    internal Block? FindCopy(in PackKey key)
    {
        if (Volatile.Read(ref copies) is not { } list) return null;
        lock (list)
        {
            foreach ((PackKey known, Block copy) in list)
            {
                if (known == key) return copy;
            }
        }
        return null;
    }

    /// <summary>Keeps a copy while the storage lives; returns the one that counts when another thread was first.</summary>
    internal Block KeepCopy(in PackKey key, Block made)
    {
        List<(PackKey Key, Block Copy)> list = copies ?? Interlocked.CompareExchange(ref copies, [], null) ?? copies;
        lock (list)
        {
            foreach ((PackKey known, Block copy) in list)
            {
                if (known == key) return copy;
            }
            list.Add((key, made));
        }
        return made;
    }

    internal override void Recycle()
    {
        bytes = null;
        pooled?.Dispose();
        if (copies is not { } list) return;
        foreach ((_, Block copy) in list) copy.Dispose();
        copies = null;
    }
}
