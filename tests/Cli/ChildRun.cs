using System.Diagnostics;

namespace MiniGrad.Tests.Cli;

/// <summary>One run of dotnet in a process and a folder of its own.</summary>
internal sealed record ChildRun(int Code, string Out, string Error)
{
    public static async Task<ChildRun> Of(string folder, string[] arguments)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        ProcessStartInfo start =
            new(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return new(child.ExitCode, output, await errors);
    }
}
