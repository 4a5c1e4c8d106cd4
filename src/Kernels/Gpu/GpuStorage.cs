namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Elements in the memory of a GPU. The memory is taken at the first use; what waits as a <see cref="Chain"/> is computed
/// when something else than a further formula needs it.
/// </summary>
internal sealed class GpuStorage(GpuDevice device, DType type, long count) : Storage(device, type, count)
{
    private volatile GpuBlock? block;
    private volatile Chain? chain;
    private bool isRecycled;

    /// <summary>The driver's handle of the computed elements.</summary>
    public nint Memory => Block.Memory;

    public GpuBlock Block
    {
        get
        {
            if (isRecycled)
            {
                Throw.Invalid("tensor: its memory was recycled by the step or walk that made it, or when a loop went on. "
                    + "Return it from there, or copy it out.");
            }
            if (chain is { } waiting) Compute(waiting);
            return block ??= Rent();
        }
    }

    /// <summary>The formulas that will make the elements, while nobody needed them.</summary>
    public Chain? Chain => chain;

    /// <summary>Lets the elements wait; the storage is fresh.</summary>
    public void Delay(Chain formulas) => chain = formulas;

    /// <summary>The memory for a kernel that overwrites all elements where they lie: another one, if a chain still reads the old.</summary>
    public void PrepareOverwrite()
    {
        if (!Block.IsAwaited) return;
        block!.Dispose();
        block = Rent();
    }

    public override void Upload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0) return;
        device.Transfers.AddUpload(bytes.Length);
        device.Driver.Write(Memory, bytes);
        GC.KeepAlive(this);
    }

    public override void Download(Span<byte> bytes)
    {
        if (bytes.Length == 0) return;
        device.Transfers.AddDownload(bytes.Length);
        device.Driver.Read(Memory, bytes);
        GC.KeepAlive(this);
        device.Kernels.CheckFault();
    }

    internal override void Recycle()
    {
        chain?.Release();
        chain = null;
        block?.Dispose();
        block = null;
        isRecycled = true;
    }

    // Weights may be asked for by several threads at once.
    private void Compute(Chain waiting)
    {
        lock (waiting)
        {
            if (chain is null) return;
            GpuBlock made = Rent();
            waiting.Run(device, made, this);
            block = made;
            chain = null;
            waiting.Release();
        }
    }

    private GpuBlock Rent() => device.Pool.Rent(checked(Count * Type.Size()));
}
