using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Bench.Peers;

/// <summary>The processor and runtime of a run, for its heading and file name.</summary>
internal static class Machine
{
    /// <summary>The name by the operating system; hypervisors cut it, so family and model stand beside.</summary>
    public static string Processor { get; } =
        $"{Read("model name") ?? "unknown processor"} (family {Read("cpu family") ?? "?"}, model {Read("model") ?? "?"})";

    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} logical processors, {VectorBits}-bit vectors, "
        + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>Processes that wanted a processor during the last minute, on average: other people's, before the run began.</summary>
    public static string Load { get; } = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The processor in lower-case letters, digits and hyphens.</summary>
    public static string Slug =>
        string.Join('-',
            new string([.. Processor.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLower(c, CultureInfo.InvariantCulture) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("r" or "tm" or "family" or "model")));

    private static string? Read(string key)
    {
        if (!File.Exists("/proc/cpuinfo")) return null; // Only Linux has it.
        return File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':', 2))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() == key)?[1].Trim();
    }
}
