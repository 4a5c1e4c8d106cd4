using System.Runtime.Intrinsics.X86;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Runs the kernel tests again in child processes that believe to be on a smaller processor.</summary>
public class InstructionSetTests
{
    public const string SelfTestCommand = "kernel-selftest";

    [Theory]
    [InlineData("EnableAVX512", "512 False")]
    [InlineData("EnableAVX2", "avx2 False")]
    public async Task KernelsPassWithout(string instructions, string expected)
    {
        if (!X86Base.IsSupported) return; // other processors have one width

        SelfTestProcess child = await SelfTestProcess.Run(instructions, SelfTestCommand);
        Assert.True(child.Code == 0, $"without {instructions}: exit code {child.Code}\n{child.Out}\n{child.Error}");
        Assert.Contains(expected, child.Out, StringComparison.Ordinal);
    }
}
