using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// Kernels neither read nor write outside the memory they are given: a child process puts every operand directly before
/// and directly behind an inaccessible page. It says what it will do before it does it, so its last line names the culprit.
/// </summary>
public class GuardPageTests
{
    [LinuxTheory]
    [InlineData(null)]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX2")]
    public async Task NoKernelLeavesItsMemory(string? without)
    {
        SelfTestProcess child = await SelfTestProcess.Run(without, GuardSelfTest.Command);
        Assert.True(child.Code == 0, $"without {without}: exit code {child.Code} at {child.LastLine}\n{child.Error}");
        Assert.Equal(GuardSelfTest.Done, child.LastLine);
    }

    /// <summary>The pages do catch what they are there to catch.</summary>
    [LinuxTheory]
    [InlineData("read behind the end")]
    [InlineData("write behind the end")]
    [InlineData("read before the beginning")]
    [InlineData("write before the beginning")]
    public async Task ADeliberateMistakeEndsTheProcess(string mistake)
    {
        SelfTestProcess child = await SelfTestProcess.Run(null, GuardSelfTest.Command, mistake);
        Assert.NotEqual(0, child.Code);
        Assert.Equal(mistake, child.LastLine);
        Assert.Contains("AccessViolation", child.Error, StringComparison.Ordinal);
    }
}
