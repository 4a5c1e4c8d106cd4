using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Tests.Gpu;

/// <summary>A device that no other test sees: for tests that fill its memory, make its kernels fail or replace its driver.</summary>
internal static class OwnGpu
{
    private static readonly List<(GpuFacts Facts, Func<GpuDriver> Open)> Found =
        [.. OpenClDevices.Find([]).Where(found => found.Facts.Missing is null)];

    public static GpuDriver Driver() => Found[0].Open();

    public static GpuDevice Device(Func<GpuDriver, GpuDriver>? around = null)
    {
        GpuDriver driver = Driver();
        return new("gpu:own", around is null ? driver : around(driver));
    }
}

/// <summary>A driver that counts, and that compiles another text than it is given where a test wants so.</summary>
internal sealed class WatchedDriver(GpuDriver inner, Func<KernelProgram, KernelProgram>? change = null) : GpuDriver
{
    private readonly HashSet<string> entries = [];

    public int Launches { get; private set; }

    public int Frees { get; private set; }

    /// <summary>Programs, up to the first hyphen of their names, and the kernels that were taken from them.</summary>
    public IReadOnlySet<string> Entries => entries;

    public override GpuFacts Facts => inner.Facts;

    public override bool CompilesText => inner.CompilesText;

    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    public override void Free(nint memory)
    {
        Frees++;
        inner.Free(memory);
    }

    public override void Write(nint memory, ReadOnlySpan<byte> bytes) => inner.Write(memory, bytes);

    public override void Read(nint memory, Span<byte> bytes) => inner.Read(memory, bytes);

    public override nint Load(KernelProgram program, string entry)
    {
        entries.Add($"{program.Name.Split('-')[0]} {entry}");
        return inner.Load(change is null ? program : change(program), entry);
    }

    public override void Launch(nint kernel, in Grid grid, Arguments arguments)
    {
        Launches++;
        inner.Launch(kernel, grid, arguments);
    }

    public override void Wait() => inner.Wait();
}
