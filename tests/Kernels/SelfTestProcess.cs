using System.Diagnostics;

namespace MiniGrad.Tests.Kernels;

/// <summary>This assembly started as a process of its own, by a command of <c>Program.cs</c>.</summary>
internal sealed record SelfTestProcess(int Code, string Out, string Error)
{
    /// <summary>The last line of its output.</summary>
    public string LastLine => Out.TrimEnd().Split('\n')[^1];

    /// <summary>Runs it without one kind of instructions, such as <c>EnableAVX2</c>, or with all.</summary>
    public static Task<SelfTestProcess> Run(string? without, params string[] command) =>
        RunWith(without is null ? [] : new() { ["DOTNET_" + without] = "0" }, command);

    /// <summary>Runs it with these variables of the environment on top of those of this process.</summary>
    public static async Task<SelfTestProcess> RunWith(Dictionary<string, string> environment, params string[] command)
    {
        string assembly = typeof(SelfTestProcess).Assembly.Location;
        ProcessStartInfo start = new(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string bare = Path.ChangeExtension(assembly, null);
        foreach (string argument in (string[])[
            "exec", "--runtimeconfig", bare + ".runtimeconfig.json", "--depsfile", bare + ".deps.json", assembly, .. command])
        {
            start.ArgumentList.Add(argument);
        }
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return new(child.ExitCode, output, await errors);
    }
}
