using System.Runtime.InteropServices;
using MiniGrad.Kernels.Gpu;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>The driver layer: libraries without a loader, programs that do not compile, programs kept compiled.</summary>
public class GpuDriverTests
{
    private static readonly string[] Pocl = ["libpocl.so.2", "libpocl.so.1", "libpocl.so"];

    /// <summary>As in containers, where the vendor's library is mounted but no loader: functions come from its dispatch table.</summary>
    [PoclFact]
    public void AVendorsLibraryWorksWithoutALoader()
    {
        List<string> notes = [];
        List<(GpuFacts Facts, Func<GpuDriver> Open)> found = OpenClDevices.Find([], Pocl, notes);
        Assert.Empty(notes);
        Assert.Contains("ortable Computing Language", found[0].Facts.Platform, StringComparison.Ordinal);
        GpuDevice device = new("gpu:vendor", found[0].Open());
        Tensor x = Tensor.From(1f, 2, 3).To(device);
        Assert.Equal([2, 4, 6], (x + x).ToArray<float>());
    }

    [Fact]
    public void WithoutAnyLibraryThereIsAReason()
    {
        List<string> notes = [];
        Assert.Empty(OpenClDevices.Find(["libNoSuchLoader.so"], ["libNoSuchVendor.so"], notes));
        Assert.Equal("OpenCL: no driver (libNoSuchLoader.so not found); install the one of the GPU's vendor", Assert.Single(notes));
    }

    [GpuFact]
    public void AKernelThatDoesNotCompileSaysWhyInOneLine()
    {
        KernelProgram program = new("broken", "#line 1 \"broken.cl\"\n__kernel void broken(__global int* y) { y[0] = nowhere; }\n");
        DeviceException error = Assert.Throws<DeviceException>(() => OwnGpu.Driver().Load(program, "broken"));
        Assert.Contains("kernel program broken does not compile", error.Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [GpuFact]
    public void AKernelThatIsNotThereIsNamed()
    {
        KernelProgram program = new("other", "__kernel void other(__global int* y) { y[0] = 1; }\n");
        DeviceException error = Assert.Throws<DeviceException>(() => OwnGpu.Driver().Load(program, "missing"));
        Assert.Equal("gpu: kernel missing of other: the program has no kernel of this name.", error.Message);
    }

    /// <summary>What one driver compiled, the next one finds; a file that is damaged is compiled and written again.</summary>
    [GpuFact]
    public void ProgramsAreKeptCompiled()
    {
        string name = $"kept{Guid.NewGuid():N}";
        KernelProgram program = new(name, $"__kernel void {name}(__global int* y) {{ y[0] = 42; }}\n");
        try
        {
            Assert.Equal(42, Answer(program));
            string file = Assert.Single(Files());
            byte[] bytes = AnswerIsFound(file);
            foreach (byte[] damaged in (byte[][])[
                bytes[..(bytes.Length / 2)], [.. bytes[..^1], (byte)~bytes[^1]], "not a program"u8.ToArray()])
            {
                File.WriteAllBytes(file, damaged);
                Assert.Equal(42, Answer(program));
                Assert.NotEqual(damaged, AnswerIsFound(file));
            }
        }
        finally
        {
            foreach (string file in Files()) File.Delete(file);
        }

        byte[] AnswerIsFound(string file)
        {
            DateTime written = File.GetLastWriteTimeUtc(file);
            Assert.Equal(42, Answer(program));
            Assert.Equal(written, File.GetLastWriteTimeUtc(file));
            return File.ReadAllBytes(file);
        }

        string[] Files() => Directory.Exists(ProgramCache.Folder) ? Directory.GetFiles(ProgramCache.Folder, name + "-*") : [];
    }

    private static int Answer(KernelProgram program)
    {
        GpuDevice device = OwnGpu.Device();
        Storage y = device.Allocate(DType.I32, 1);
        device.Kernels.Run(new(program.Name, program.Name, DType.I32), new Grid(1, 1), Arguments.New().Add(y), _ => program);
        int[] answer = [0];
        y.Download(MemoryMarshal.AsBytes(answer.AsSpan()));
        return answer[0];
    }

    /// <summary>A test that needs PoCL's library, whichever devices a loader offers.</summary>
    private sealed class PoclFactAttribute : FactAttribute
    {
        public PoclFactAttribute() =>
            Skip = Pocl.Any(name => NativeLibrary.TryLoad(name, out _)) ? null : "PoCL is not installed (Debian's package pocl-opencl-icd)";
    }
}
