namespace MiniGrad.Kernels;

/// <summary>Elements in the memory of a GPU.</summary>
internal sealed class GpuStorage : Storage
{
    private readonly GpuDevice gpu;
    private GpuBlock? block;

    internal GpuStorage(GpuDevice device, DType type, long count) : base(device, type, count)
    {
        gpu = device;
        block = device.Pool.Rent(checked(count * type.Size()));
    }

    /// <summary>The driver's handle.</summary>
    public nint Memory
    {
        get
        {
            if (block is null) Throw.Invalid("tensor: its memory was recycled by the step or walk that made it, or when a loop went on. Return it from there, or copy it out.");
            return block.Memory;
        }
    }

    public override void Upload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0) return;
        gpu.Transfers.NoteUpload(bytes.Length);
        gpu.Driver.Write(Memory, bytes);
        GC.KeepAlive(this);
    }

    public override void Download(Span<byte> bytes)
    {
        if (bytes.Length == 0) return;
        gpu.Transfers.NoteDownload(bytes.Length);
        gpu.Driver.Read(Memory, bytes);
        GC.KeepAlive(this);
        gpu.Kernels.CheckFault();
    }

    internal override void Recycle()
    {
        block?.Dispose();
        block = null;
    }
}
