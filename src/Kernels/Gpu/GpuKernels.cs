namespace MiniGrad.Kernels.Gpu;

/// <summary>Which kernel of which program, without the program's text.</summary>
/// <param name="Variant">A number, or a text, that tells programs of one name apart.</param>
internal readonly record struct KernelKey(string Program, string Entry, DType Type, DType Other = DType.F32, object? Variant = null);

/// <summary>The kernels of one device: compiled at first use, then found by their key; and what they say of bad indices.</summary>
internal sealed class GpuKernels(GpuDevice device) : IDisposable
{
    private const int FaultWords = 3;

    private readonly Dictionary<KernelKey, nint> known = [];
    private readonly Lock guard = new();
    private GpuBlock? fault;
    private bool mayFault;
    private long launches;

    /// <summary>Kernels that ran so far.</summary>
    public long Launches => Volatile.Read(ref launches);

    /// <summary>Runs a kernel; <paramref name="program"/> is asked for its text at the first use of the key.</summary>
    public void Run(in KernelKey key, in Grid grid, Arguments arguments, Func<KernelKey, KernelProgram> program)
    {
        if (grid.X <= 0) return;
        device.Driver.Launch(Find(key, program), grid, arguments);
        Interlocked.Increment(ref launches);
        arguments.Release();
    }

    /// <summary>The memory into which kernels report an index out of range; asked for by a launch that may do so.</summary>
    public nint Fault()
    {
        lock (guard)
        {
            if (fault is null)
            {
                fault = device.Pool.Rent(FaultWords * sizeof(int));
                ClearFault();
            }
            return fault.Memory;
        }
    }

    /// <summary>Tells, after the launch, that a kernel may have reported something.</summary>
    public void ExpectFault()
    {
        lock (guard) mayFault = true;
    }

    /// <summary>Throws when a kernel that ran since the last call met an index outside its range.</summary>
    public void CheckFault()
    {
        Span<int> words = stackalloc int[FaultWords];
        lock (guard)
        {
            if (!mayFault) return;
            mayFault = false;
            device.Transfers.AddDownload(FaultWords * sizeof(int));
            device.Driver.Read(fault!.Memory, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words));
            if (words[0] == 0) return;
            ClearFault();
        }
        Throw.Range($"{(words[0] == 1 ? "gather" : "scatter-add")}: index {words[1]} is outside 0 to {words[2] - 1}.");
    }

    public void Dispose() => fault?.Dispose();

    private void ClearFault() => device.Driver.Write(fault!.Memory, stackalloc byte[FaultWords * sizeof(int)]);

    private nint Find(in KernelKey key, Func<KernelKey, KernelProgram> program)
    {
        lock (guard)
        {
            if (!known.TryGetValue(key, out nint kernel)) known[key] = kernel = device.Driver.Load(program(key), key.Entry);
            return kernel;
        }
    }
}
