using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Tests.Gpu;

/// <summary>
/// A driver that computes nothing: it notes which kernels are asked for and with arguments of what sizes. Memory reads as zeros.
/// </summary>
internal sealed class RecordingDriver(int computeUnits, bool hasTensorCores = false) : GpuDriver
{
    private readonly List<(KernelProgram Program, string Entry)> loaded = [];
    private nint lastMemory = 0x1000;

    /// <summary>The kernels as they were launched: work items of a group and sizes of the arguments, by program.</summary>
    public HashSet<(KernelProgram Program, PtxKernel Kernel)> Launches { get; } = [];

    public override GpuFacts Facts { get; } = new("recording", "none", "a record of calls", "1", 1L << 40, 1L << 40,
        48 << 10, 1024, computeUnits, IsGpu: true, HasDoubles: true, RoundsDivision: true, HasTensorCores: hasTensorCores);

    public override bool CompilesText => false;

    public override nint Allocate(long bytes) => lastMemory += 0x1000;

    public override void Free(nint memory)
    {
    }

    public override void Write(nint memory, ReadOnlySpan<byte> bytes)
    {
    }

    public override void Read(nint memory, Span<byte> bytes) => bytes.Clear();

    public override nint Load(KernelProgram program, string entry)
    {
        loaded.Add((program, entry));
        return loaded.Count;
    }

    public override void Launch(nint kernel, in Grid grid, Arguments arguments)
    {
        string sizes = string.Join(' ', Enumerable.Range(0, arguments.Count).Select(arguments.Size));
        (KernelProgram program, string entry) = loaded[(int)kernel - 1];
        Launches.Add((program, new(entry, sizes, grid.Group)));
    }

    public override void Wait()
    {
    }
}
