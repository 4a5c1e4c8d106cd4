using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>A machine whose loader finds no driver: everything says so in one line.</summary>
public class GpuAbsenceTests
{
    [Fact]
    public async Task WithoutADriverThereIsNoDeviceAndAReason()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere no variable hides the drivers

        string nowhere = Path.Combine(Path.GetTempPath(), $"minigrad-no-drivers-{Guid.NewGuid():N}");
        SelfTestProcess child = await SelfTestProcess.RunWith(
            new() { ["OCL_ICD_VENDORS"] = nowhere, ["OCL_ICD_FILENAMES"] = "" }, GpuSelfTestCommand.Absent);
        Assert.True(child.Code == 0, $"exit code {child.Code}\n{child.Out}\n{child.Error}");
        string[] lines = child.Out.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("0", lines[0]);
        Assert.Contains("OpenCL: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("driver", lines[1], StringComparison.Ordinal);
        Assert.Equal($"gpu:0: {lines[1]}. Ask 'minigrad devices', or use --device cpu.", lines[2]);
    }
}
