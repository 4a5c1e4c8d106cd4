using System.ComponentModel;
using System.Diagnostics;

namespace MiniGrad.Bench.Peers;

/// <summary>A Python that can import PyTorch; Debian's is often hidden behind another one.</summary>
internal static class Python
{
    public const string Missing =
        "PyTorch is missing (neither python3 nor /usr/bin/python3 can import torch); apt-get install python3-torch libopenblas0-pthread";

    private static readonly string[] Candidates = ["python3", "/usr/bin/python3"];

    /// <summary>The path of the first one that does, if any.</summary>
    public static string? WithTorch() => Candidates.FirstOrDefault(path =>
    {
        try
        {
            using Process process = Start(path, threads: 1, waitPolicy: null, "-c", "import torch");
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // No such program.
        }
    });

    /// <summary>
    /// Starts it with pipes on all three streams. OpenBLAS takes its threads from the environment alone. OpenMP's wait
    /// policy says whether idle threads spin or sleep; none is the library's own choice.
    /// </summary>
    public static Process Start(string path, int threads, string? waitPolicy, params string[] arguments)
    {
        ProcessStartInfo start =
            new(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string library in (string[])["OMP", "OPENBLAS", "MKL"]) start.Environment[$"{library}_NUM_THREADS"] = $"{threads}";
        start.Environment["OMP_WAIT_POLICY"] = waitPolicy;
        return Process.Start(start)!;
    }
}
