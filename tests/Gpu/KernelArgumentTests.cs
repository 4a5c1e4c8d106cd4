using MiniGrad.Kernels;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Tests.Autograd;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>
/// What the host hands to each kernel against what the compiled kernel declares: number of arguments and bytes of each,
/// structs included, and work items of a group. The table of operations runs on a driver that only takes notes.
/// </summary>
public class KernelArgumentTests
{
    private static readonly Lazy<HashSet<(KernelProgram Program, PtxKernel Kernel)>> Recorded = new(Record);

    [Fact]
    public void EveryProgramThatIsAskedForWasCompiledAheadOfTime()
    {
        HashSet<KernelProgram> all = [.. GpuPrograms.All];
        Assert.Empty(Recorded.Value.Where(launch => !all.Contains(launch.Program)).Select(launch => launch.Program.Name));
    }

    [Fact]
    public void ArgumentsHaveTheSizesThatTheKernelsDeclare()
    {
        foreach ((KernelProgram program, PtxKernel launched) in Recorded.Value)
        {
            PtxKernel declared = PtxKernel.Of(program).Single(kernel => kernel.Entry == launched.Entry);
            Assert.Equal($"{program.Name}: {declared}", $"{program.Name}: {launched}");
        }
    }

    /// <summary>So that the test above speaks for all: what is not launched here differs from what is by its tile alone.</summary>
    [Fact]
    public void EveryKernelOfEveryFamilyIsLaunched()
    {
        HashSet<(string, string, string)> launched =
            [.. Recorded.Value.Select(launch => (Family(launch.Program), launch.Kernel.Entry, launch.Kernel.Sizes))];
        List<string> missing = [];
        foreach (KernelProgram program in GpuPrograms.All)
        {
            foreach (PtxKernel kernel in PtxKernel.Of(program))
            {
                // normalize.cl stands after softmax.cl, whose kernels are its own program, for its sums.
                if (Family(program) == "normalize" && !kernel.Entry.StartsWith("normalize", StringComparison.Ordinal)) continue;
                if (!launched.Contains((Family(program), kernel.Entry, kernel.Sizes)))
                {
                    missing.Add($"{program.Name} {kernel.Entry}: {kernel.Sizes}");
                }
            }
        }
        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    private static string Family(KernelProgram program) => program.Name.Split('-')[0];

    private static HashSet<(KernelProgram Program, PtxKernel Kernel)> Record()
    {
        // Few compute units ask for large tiles.
        RecordingDriver driver = new(computeUnits: 1);
        GpuDevice device = new("recording", driver);
        foreach (OpRow row in OpTable.Rows)
        {
            foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
            {
                Tensor[] inputs = row.Inputs(type, device);
                foreach (Tensor[] leaves in (Tensor[][])[OpTableTests.Tracked(inputs), OpTableTests.Tracked([.. inputs.Select(Turned)])])
                {
                    Tensor y = row.Apply(leaves);
                    if (row.Orders > 0) Gradient.Of(y, leaves, Ops.Ones(y.Shape, y.Type, device));
                }
            }
        }
        // What the table's small shapes do not reach.
        Backend backend = Backend.For(device);
        backend.Uniform(Tensor.Empty([2, 2], DType.I32, device).View, Tensor.Empty([2, 5], DType.F32, device).View);
        backend.Reduce(Reduction.Sum, Tensor.Empty([2, 3, 40], DType.F32, device).View, Tensor.Empty([2, 40], DType.F32, device).View);
        DType[] types = Enum.GetValues<DType>();
        foreach (DType from in types)
        {
            // Large enough to be copied by squares.
            Tensor x = Tensor.Empty([40, 40], from, device);
            backend.Fill(x.View, 1);
            foreach (DType to in types) backend.Copy(x.Transpose().View, Tensor.Empty([40, 40], to, device).View);
        }
        return driver.Launches;
    }

    /// <summary>The same numbers with columns side by side in memory, so that kernels for any layout are met.</summary>
    private static Tensor Turned(Tensor x) => x.Rank < 2 ? x : x.Transpose().Contiguous().Transpose();
}
