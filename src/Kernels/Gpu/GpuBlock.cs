namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Rented device memory; goes back to the pool once: when its owner is done with it and no chain of formulas will still read
/// it, or when dropped.
/// </summary>
internal sealed class GpuBlock(GpuPool pool, nint memory, long size) : IDisposable
{
    /// <summary>The owner, and the chains that wait to read it.</summary>
    private int holders = 1;

    private nint memory = memory;

    public nint Memory => memory;

    /// <summary>Whether a chain that was not computed yet reads it.</summary>
    public bool IsAwaited => Volatile.Read(ref holders) > 1;

    ~GpuBlock() => GiveBack();

    public void Hold() => Interlocked.Increment(ref holders);

    /// <summary>Takes back one <see cref="Hold"/>, or ends the ownership.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) != 0) return;
        GiveBack();
        GC.SuppressFinalize(this);
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref memory, 0) is not 0 and nint back) pool.Return(back, size);
    }
}
