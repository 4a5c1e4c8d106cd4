using MiniGrad.Kernels.Gpu;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>What of the CUDA driver can be tested without a card.</summary>
public class CudaDevicesTests
{
    [Fact]
    public void WithoutTheLibraryThereIsANote()
    {
        List<string> notes = [];
        Assert.Empty(CudaDevices.Find(["libcuda-that-is-not-there.so.1"], notes));
        Assert.Equal("CUDA: no driver (libcuda-that-is-not-there.so.1 not found); an NVIDIA card needs NVIDIA's driver",
            Assert.Single(notes));
    }

    /// <summary>A library that is no CUDA driver has none of its functions.</summary>
    [Fact]
    public void AnotherLibraryIsANote()
    {
        string another = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";
        List<string> notes = [];
        Assert.Empty(CudaDevices.Find([another], notes));
        Assert.StartsWith("CUDA: the driver is older than", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, typeof(DeviceMemoryException), "gpu: CUDA: running a kernel: the device's memory is full. Use a smaller batch.")]
    [InlineData(719, typeof(DeviceException), "gpu: CUDA: running a kernel: a kernel died. Start the program again, and report this.")]
    [InlineData(12345, typeof(DeviceException), "gpu: CUDA: running a kernel: the driver says: something new (code 12345).")]
    public void AStatusIsOneSentence(int code, Type kind, string message)
    {
        Exception error = Assert.Throws(kind, () => CudaStatus.Check(code, "running a kernel", _ => "something new"));
        Assert.Equal(message, error.Message);
    }
}
