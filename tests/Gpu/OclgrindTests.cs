using System.Runtime.InteropServices;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>
/// Every kernel under Oclgrind (Price and McIntosh-Smith, IWOCL 2015), which interprets it and reports each data race, each
/// access outside memory and each barrier that not all work items reach.
/// </summary>
public class OclgrindTests
{
    /// <summary>What takes about a third of the time, and has a process of its own.</summary>
    private const string Slowest = "conv weight";

    [OclgrindFact]
    public async Task NoKernelRacesOrLeavesItsMemory()
    {
        SelfTestProcess[] halves = await Task.WhenAll(Oclgrind.Run([GpuSelfTestCommand.SelfTest, "-" + Slowest]),
            Oclgrind.Run([GpuSelfTestCommand.SelfTest, Slowest]));
        foreach (SelfTestProcess half in halves)
        {
            Assert.True(half.Code == 0, $"exit code {half.Code}\n{half.Out}\n{half.Error}");
            Assert.EndsWith(" 0 failed", half.LastLine, StringComparison.Ordinal);
            Assert.DoesNotContain("FAILED", half.Out, StringComparison.Ordinal);
            // Whatever Oclgrind has to say, it says there.
            Assert.Equal("", half.Error);
        }
        int cases = halves.Sum(half => int.Parse(half.LastLine.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(cases > 150, $"only {cases} cases ran");
    }

    /// <summary>Oclgrind does find what it is there to find.</summary>
    [OclgrindTheory]
    [InlineData("race", "data race", "race.cl")]
    [InlineData("bounds", "Invalid write of size 4", "bounds.cl")]
    public async Task ADeliberateMistakeIsFound(string how, string finding, string file)
    {
        SelfTestProcess child = await Oclgrind.Run([GpuSelfTestCommand.Broken, how]);
        Assert.Equal("done", child.LastLine);
        Assert.Contains(finding, child.Error, StringComparison.Ordinal);
        Assert.Contains(file, child.Error, StringComparison.Ordinal);
    }
}

/// <summary>Debian's Oclgrind, as the only driver that a child process sees.</summary>
internal static class Oclgrind
{
    private static readonly string? Library = Array.Find(
        ["/usr/lib/oclgrind/liboclgrind-rt-icd.so", "/usr/lib/x86_64-linux-gnu/oclgrind/liboclgrind-rt-icd.so",
            "/usr/lib/aarch64-linux-gnu/oclgrind/liboclgrind-rt-icd.so", "/usr/local/lib/liboclgrind-rt-icd.so"], File.Exists);

    public static string? Absent { get; } =
        Library is null ? "Oclgrind is not installed (Debian's package oclgrind)"
        : !NativeLibrary.TryLoad("libOpenCL.so.1", out _) ? "no OpenCL loader (Debian's package ocl-icd-libopencl1)"
        : null;

    public static async Task<SelfTestProcess> Run(string[] command)
    {
        string folder = Directory.CreateTempSubdirectory("minigrad-oclgrind-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "oclgrind.icd"), Library + "\n");
            return await SelfTestProcess.RunWith(new()
            {
                ["OCL_ICD_VENDORS"] = folder,
                ["XDG_CACHE_HOME"] = Path.Combine(folder, "cache"),
                ["OCLGRIND_DATA_RACES"] = "1",
            }, command);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>A test that needs Oclgrind; a named skip without.</summary>
internal sealed class OclgrindFactAttribute : FactAttribute
{
    public OclgrindFactAttribute() => Skip = Oclgrind.Absent;
}

/// <inheritdoc cref="OclgrindFactAttribute"/>
internal sealed class OclgrindTheoryAttribute : TheoryAttribute
{
    public OclgrindTheoryAttribute() => Skip = Oclgrind.Absent;
}
