using MiniGrad.Kernels.Gpu;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>A device that a driver of GPUs offers, PoCL's processor included; without one its tests are skips that say why.</summary>
internal static class AnyGpu
{
    private static readonly int Index = First();

    public static string? Absent { get; } = Index >= 0 ? null : $"no OpenCL device: {GpuDevices.Nothing()}";

    // PoCL takes half the time for programs that it does not optimise.
    private static int First()
    {
        int first = GpuDevices.All.ToList().FindIndex(facts => facts.Missing is null);
        if (first >= 0 && !GpuDevices.All[first].IsGpu) OpenClDriver.MoreOptions = " -cl-opt-disable";
        return first;
    }

    /// <summary>As <c>--device</c> takes it.</summary>
    public static string Name => $"gpu:{Index}";

    public static GpuDevice Device => GpuDevices.Open(Index);

    /// <summary>Another context on the same hardware.</summary>
    public static GpuDevice Fresh() => GpuDevices.OpenAnother(Index);
}

/// <summary>A test that needs a device of <see cref="AnyGpu"/>.</summary>
internal sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute() => Skip = AnyGpu.Absent;
}

/// <inheritdoc cref="GpuFactAttribute"/>
internal sealed class GpuTheoryAttribute : TheoryAttribute
{
    public GpuTheoryAttribute() => Skip = AnyGpu.Absent;
}
