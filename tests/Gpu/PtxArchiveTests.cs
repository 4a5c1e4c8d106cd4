using System.Diagnostics;
using MiniGrad.Kernels.Gpu;
using Xunit;

namespace MiniGrad.Tests.Gpu;

public class PtxArchiveTests
{
    private const string Remedy = "Run src/Kernels/Gpu/make-ptx.sh and commit Cuda/kernels.ptx.br.";

    /// <summary>A card on which one kernel is missing would fail its self-test.</summary>
    [Fact]
    public void EveryProgramOfTheSelfTestIsCompiledAheadOfTime()
    {
        RecordingDriver driver = new(computeUnits: 4, hasTensorCores: true);
        IReadOnlyList<GpuSelfTestCase> cases = GpuSelfTest.Run(new GpuDevice("gpu:record", driver));
        Assert.True(cases.Count > 300, $"{cases.Count} cases");
        HashSet<KernelProgram> known = [.. GpuPrograms.All];
        Assert.Empty(driver.Launches.Where(launch => !known.Contains(launch.Program)).Select(launch => launch.Program.Name));
        Assert.Contains(driver.Launches, launch => launch.Program.Name.Contains("tf32", StringComparison.Ordinal));
        foreach ((KernelProgram program, PtxKernel launched) in driver.Launches) Assert.Contains(launched, PtxKernel.Of(program));
    }

    [Fact]
    public void TheArchiveIsOfTheseKernels()
    {
        Assert.True(GpuPrograms.All.Select(program => program.Name).SequenceEqual(PtxArchive.OfThisBuild.Names), Remedy);
        string[] stale = [.. GpuPrograms.All.Where(program => !IsCurrent(program)).Select(program => program.Name)];
        Assert.True(stale.Length == 0, $"{Remedy} Changed: {string.Join(", ", stale)}");
    }

    [ClangTheory]
    [InlineData("matmul-128x128x8-10-f32")]
    [InlineData("map-gelu-f64")]
    public void ClangGivesTheSamePtx(string name)
    {
        KernelProgram program = GpuPrograms.All.Single(program => program.Name == name);
        string folder = Directory.CreateTempSubdirectory("minigrad-ptx-").FullName;
        try
        {
            string text = Path.Combine(folder, name + ".cl");
            string ptx = Path.Combine(folder, name + ".ptx");
            File.WriteAllText(text, program.Text);
            using Process compile = Process.Start(
                new ProcessStartInfo("bash", [Clang.Script, "compile", text, ptx]) { RedirectStandardError = true })!;
            string errors = compile.StandardError.ReadToEnd();
            compile.WaitForExit();
            Assert.True(compile.ExitCode == 0, errors);
            Assert.True(PtxArchive.OfThisBuild.Find(program).AsSpan()[..^1].SequenceEqual(File.ReadAllBytes(ptx)), Remedy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void WhatIsPackedComesOutAgain()
    {
        KernelProgram first = new("first", "text");
        KernelProgram second = new("second", "another text");
        byte[] packed = Pack((first, [1, 2, 10, 0]), (second, []));
        Assert.Equal(packed, Pack((first, [1, 2, 10, 0]), (second, [])));
        PtxArchive archive = PtxArchive.Read(new MemoryStream(packed));
        Assert.Equal([1, 2, 10, 0, 0], archive.Find(first));
        Assert.Equal([0], archive.Find(second));
        Assert.Contains("made from other kernels",
            Assert.Throws<DeviceException>(() => archive.Find(first with { Text = "changed" })).Message, StringComparison.Ordinal);
        string message = Assert.Throws<DeviceException>(() => archive.Find(new("map-mish-f32", "text"))).Message;
        Assert.Contains("map-mish-f32", message, StringComparison.Ordinal);
        Assert.Contains("OpenCL", message, StringComparison.Ordinal);
    }

    /// <summary>
    /// All but a few bits, which say how much memory to unpack with and that here is the
    /// end: whatever they are, the same comes out.
    /// </summary>
    [Fact]
    public void AChangedByteIsRefused()
    {
        KernelProgram program = new("first", "text");
        byte[] ptx = [.. Enumerable.Range(0, 200).Select(i => (byte)(i * i))];
        byte[] packed = Pack((program, ptx));
        int refused = 0;
        for (int at = 0; at < packed.Length; at++)
        {
            byte[] changed = [.. packed];
            changed[at] ^= 0x10;
            foreach (byte[] bytes in (byte[][])[changed, packed[..at]])
            {
                try
                {
                    Assert.Equal([.. ptx, 0], PtxArchive.Read(new MemoryStream(bytes)).Find(program));
                }
                catch (DeviceException error)
                {
                    Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 2 * packed.Length - 8, 2 * packed.Length);
    }

    private static byte[] Pack(params (KernelProgram, byte[])[] programs)
    {
        using MemoryStream to = new();
        PtxArchive.Write(to, programs);
        return to.ToArray();
    }

    private static bool IsCurrent(KernelProgram program)
    {
        try
        {
            return PtxArchive.OfThisBuild.Find(program).Length > 1;
        }
        catch (DeviceException)
        {
            return false;
        }
    }
}
