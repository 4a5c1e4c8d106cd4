using System.Collections.Concurrent;

namespace MiniGrad;

internal sealed class CpuDevice(string name, bool isReference, Computing? settings = null) : Device
{
    private static readonly ConcurrentDictionary<Computing, CpuDevice> Known = new();

    public override string Name => name;

    public override bool IsCpu => !isReference;

    public override Computing Computing => settings ?? Computing.Default;

    /// <summary>What was asked for; none where the default ones hold.</summary>
    public Computing? Settings => settings;

    public override Device With(Computing computing)
    {
        if (isReference) return this;
        return computing == Computing.Default ? Cpu : Known.GetOrAdd(computing, static wanted => new("cpu", false, wanted));
    }

    public override string ToString() =>
        settings is null ? name : $"{name} (threads {settings.Threads}{(settings.Exact ? ", exact" : "")})";

    public override Storage Allocate(DType type, long count)
    {
        Arena? arena = Arena.Current;
        var storage = new CpuStorage(this, type, count, arena is not null);
        arena?.Note(storage);
        return storage;
    }
}

/// <summary>
/// Elements in managed memory. Large blocks come 64-byte aligned from <see cref="BlockPool"/> and return there when the
/// collector finds the storage dropped, or at once through an arena. Small ones are ordinary arrays, inside an arena
/// arrays of <see cref="SmallBlocks"/>.
/// </summary>
public sealed class CpuStorage : Storage
{
    private readonly Block? large;
    private readonly bool small;
    private readonly int start;
    private List<(PackKey Key, Block Copy)>? copies;
    private readonly int size;
    private readonly CpuStorage? root;
    private byte[]? bytes;

    /// <summary>The memory of another storage in the hands of a processor with other settings.</summary>
    private CpuStorage(Device device, CpuStorage root) : base(device, root.Type, root.Count) => this.root = root;

    internal CpuStorage(Device device, DType type, long count, bool recycled) : base(device, type, count)
    {
        long wanted = checked(count * type.Size());
        if (wanted > BlockPool.LargestBlock)
        {
            throw new DeviceException($"cpu: a tensor of {count} elements needs {wanted} bytes, "
                + $"one block holds at most {BlockPool.LargestBlock}. Use smaller batches.");
        }
        size = (int)wanted;
        if (size >= BlockPool.SmallestBlock)
        {
            large = BlockPool.Rent(size);
            bytes = large.Bytes;
            start = large.Start;
        }
        else if (recycled)
        {
            small = true;
            bytes = SmallBlocks.Rent(size);
            start = BlockPool.AlignedStart(bytes);
        }
        else
        {
            bytes = GC.AllocateUninitializedArray<byte>(size);
        }
    }

    /// <summary>The memory, from the first element on.</summary>
    public Span<byte> Bytes
    {
        get
        {
            if (root is not null) return root.Bytes;
            if (bytes is null)
            {
                Throw.Invalid("tensor: its memory was recycled by the step or walk that made it, or when a loop went on. "
                    + "Return it from there, or copy it out.");
            }
            return bytes.AsSpan(start, size);
        }
    }

    internal override Storage Root => root ?? this;

    /// <summary>The same memory on a processor with other settings; none when either device is another one.</summary>
    internal CpuStorage? SharedWith(Device device) => Device.IsCpu && device.IsCpu ? new(device, root ?? this) : null;

    // A storage dropped during a copy must not give its block back before the copy ends.
    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source)
    {
        source.CopyTo(Bytes);
        if (!Device.IsCpu) Device.Transfers.AddUpload(source.Length);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Download(Span<byte> target)
    {
        Bytes[..target.Length].CopyTo(target);
        if (!Device.IsCpu) Device.Transfers.AddDownload(target.Length);
        GC.KeepAlive(this);
    }

    /// <summary>A copy of the elements in another order, if one was kept.</summary>
    internal Block? FindCopy(in PackKey key)
    {
        if (root is not null) return root.FindCopy(key);
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
        if (root is not null) return root.KeepCopy(key, made);
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
        root?.Recycle();
        if (small && bytes is not null) SmallBlocks.Return(bytes);
        large?.Dispose();
        bytes = null;
        if (copies is not { } list) return;
        foreach ((_, Block copy) in list) copy.Dispose();
        copies = null;
    }
}
