using MiniGrad.Kernels.Gpu;
using MiniGrad.Nn;
using MiniGrad.Probes;

namespace MiniGrad.Tests.Gpu;

/// <summary>Every program of MiniGrad's own formulas, from the assemblies that make-ptx.sh looks at.</summary>
internal static class GpuPrograms
{
    public static IReadOnlyList<KernelProgram> All { get; } = KernelPrograms.All(
        typeof(Op).Assembly, typeof(Network).Assembly, typeof(Classifier).Assembly);
}
