using System.Diagnostics;
using System.Globalization;

namespace MiniGrad.Cli;

/// <summary>This program as a process of its own.</summary>
internal static class ChildProgram
{
    /// <summary>What starts it: its own file, or the runtime and its assembly.</summary>
    public static string[] Words =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, Path.GetFullPath(Environment.GetCommandLineArgs()[0])]
            : [Environment.ProcessPath!];

    /// <summary>How it is started with a command.</summary>
    public static ProcessStartInfo With(IEnumerable<string> command) => new(Words[0], [.. Words[1..], .. command]);

    /// <summary>Asks it to stop in good order.</summary>
    public static void Terminate(Process child)
    {
        using Process? kill = Process.Start("kill", ["-TERM", child.Id.ToString(CultureInfo.InvariantCulture)]);
        kill?.WaitForExit();
    }
}
