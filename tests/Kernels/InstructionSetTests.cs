using System.Diagnostics;
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

        string assembly = typeof(InstructionSetTests).Assembly.Location;
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string bare = Path.ChangeExtension(assembly, null);
        foreach (string argument in (string[])["exec", "--runtimeconfig", bare + ".runtimeconfig.json", "--depsfile", bare + ".deps.json", assembly, SelfTestCommand])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["DOTNET_" + instructions] = "0";
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, $"without {instructions}: exit code {child.ExitCode}\n{output}\n{await errors}");
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }
}
