namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// One device as its driver offers it: memory, compiled kernels, and one queue that does everything in the order given. Calls
/// may come from several threads.
/// </summary>
internal abstract class GpuDriver
{
    public abstract GpuFacts Facts { get; }

    /// <summary>Whether any text can be compiled; otherwise programs were compiled ahead of time.</summary>
    public abstract bool CompilesText { get; }

    /// <summary>Memory of that many bytes; 0 when the device has no more.</summary>
    public abstract nint Allocate(long bytes);

    public abstract void Free(nint memory);

    /// <summary>Copies bytes into memory; the span may be reused at once.</summary>
    public abstract void Write(nint memory, ReadOnlySpan<byte> bytes);

    /// <summary>Copies the first bytes of a memory out, after all that was queued before.</summary>
    public abstract void Read(nint memory, Span<byte> bytes);

    /// <summary>Compiles a program, or finds it compiled, and returns one of its kernels. Called once for each kernel.</summary>
    public abstract nint Load(KernelProgram program, string entry);

    /// <summary>Queues a kernel.</summary>
    public abstract void Launch(nint kernel, in Grid grid, Arguments arguments);

    /// <summary>Waits until everything queued is done.</summary>
    public abstract void Wait();
}

/// <summary>How many groups of how many work items run a kernel.</summary>
internal readonly record struct Grid(int Group, long X, int Y = 1, int Z = 1)
{
    /// <summary>Enough groups for one work item each of so many.</summary>
    public static Grid For(long items, int group) => new(group, Math.Max(1, (items + group - 1) / group));
}
