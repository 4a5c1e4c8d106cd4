namespace MiniGrad;

/// <summary>Who holds and computes a tensor: it allocates memory and moves bytes in and out of it.</summary>
public abstract class Device
{
    /// <summary>The processor, with the fast kernels.</summary>
    public static Device Cpu { get; } = new CpuDevice("cpu", isReference: false);

    /// <summary>The processor, with plain loops that accumulate in double: the definition the fast kernels are tested against.</summary>
    public static Device Reference { get; } = new CpuDevice("reference", isReference: true);

    /// <summary>The name as a user types it: <c>cpu</c>, <c>gpu:0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What a result was computed on, in words: the name, for a graphics processor with its model and driver.</summary>
    public virtual string Description => Name;

    /// <summary>
    /// Whether the fast kernels of the processor compute here, in host memory: <see cref="Cpu"/>, with whatever
    /// settings.
    /// </summary>
    public virtual bool IsCpu => false;

    /// <summary>How kernels compute on this device.</summary>
    public virtual Computing Computing => Computing.Default;

    /// <summary>What was moved between the host and this device so far; that of the processor stays at zero.</summary>
    public Transfers Transfers { get; } = new();

    /// <summary>Uninitialised memory for that many elements.</summary>
    public abstract Storage Allocate(DType type, long count);

    /// <summary>
    /// The processor with other settings. It is a device of its own: operations ask that their operands lie on one device, so
    /// no result depends on which operand's settings won. <c>To</c> between such devices shares the memory and costs nothing;
    /// equal settings give the same device. <see cref="Reference"/> has no settings and returns itself.
    /// </summary>
    /// <exception cref="DeviceException">The device is not the processor.</exception>
    public virtual Device With(Computing computing) =>
        throw new DeviceException($"{Name}: only the processor takes settings. Use Device.Cpu.");

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A block of memory of one device that holds elements of one type.</summary>
public abstract class Storage(Device device, DType type, long count)
{
    /// <summary>Who allocated the block.</summary>
    public Device Device { get; } = device;

    /// <summary>The element type.</summary>
    public DType Type { get; } = type;

    /// <summary>Elements, not bytes.</summary>
    public long Count { get; } = count;

    /// <summary>Set for weights: they are used again and again, so kernels may keep copies of them in other orders.</summary>
    public bool IsReused { get; set; }

    /// <summary>The storage whose memory this one reads: itself, except on a processor with other settings.</summary>
    internal virtual Storage Root => this;

    /// <summary>The arena that will recycle this storage, if any.</summary>
    internal Arena? Owner { get; set; }

    /// <summary>How often that arena was told to hold it.</summary>
    internal int Holders { get; set; }

    /// <summary>Copies bytes in, from the start of the block.</summary>
    public abstract void Upload(ReadOnlySpan<byte> bytes);

    /// <summary>Copies the first bytes of the block out.</summary>
    public abstract void Download(Span<byte> bytes);

    /// <summary>
    /// Gives the memory back at once; whoever touches the storage afterwards gets an error. Called by
    /// <see cref="Arena"/>.
    /// </summary>
    internal abstract void Recycle();
}

/// <summary>A storage and the layout in which to read it: all that a kernel knows of a tensor.</summary>
public readonly struct View(Storage storage, Layout layout)
{
    /// <summary>The block that holds the elements.</summary>
    public Storage Storage { get; } = storage;

    /// <summary>Where in the block they lie.</summary>
    public Layout Layout { get; } = layout;

    /// <summary>The size of each axis.</summary>
    public ref readonly Shape Shape => ref Layout.Shape;

    /// <summary>The element type.</summary>
    public DType Type => Storage.Type;
}
