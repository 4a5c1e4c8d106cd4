using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniGrad.Lab;

/// <summary>What a result depends on besides its inputs: the program, the runtime and the processor.</summary>
internal static class Machine
{
    /// <summary>The version of MiniGrad, with the commit it was built from where known.</summary>
    public static string Version { get; } =
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Runtime => RuntimeInformation.FrameworkDescription;

    public static string OperatingSystem => $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";

    /// <summary>The processor as the operating system names it.</summary>
    public static string Processor { get; } = ReadProcessor() ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The widest vectors the kernels use, in bits.</summary>
    public static int SimdBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>The processor with what of it is used.</summary>
    public static string Describe(int threads) =>
        $"{Processor}; {threads} {(threads == 1 ? "thread" : "threads")}; {(SimdBits == 0 ? "no vectors" : $"{SimdBits}-bit vectors")}";

    private static string? ReadProcessor()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                {
                    return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Only Linux has the file.
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
    }
}
