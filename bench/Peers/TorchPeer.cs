using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>PyTorch in a process of its own, with a fixed number of threads: it computes when asked and waits otherwise.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process process;
    private string? lastError;

    private TorchPeer(string python, int threads, string? waitPolicy)
    {
        process = Python.Start(python, threads, waitPolicy, Repository.Script);
        process.ErrorDataReceived += (_, line) => lastError = string.IsNullOrWhiteSpace(line.Data) ? lastError : line.Data;
        process.BeginErrorReadLine();
        JsonObject hello = Read();
        Version = $"PyTorch {hello["torch"]}, {hello["blas"]}";
    }

    /// <summary>
    /// None without a Python. Several threads are waited for in either of two ways, and the faster one counts: spinning wins
    /// where a step is short, sleeping where other libraries' threads want the processors.
    /// </summary>
    public static TorchPeer[] Start(string? python, int threads) =>
        python is null ? []
        : threads == 1 ? [new(python, threads, waitPolicy: null)]
        : [new(python, threads, waitPolicy: null), new(python, threads, "PASSIVE")];

    /// <summary>Its version and the library of its matrix products.</summary>
    public string Version { get; }

    /// <summary>Makes the peer draw the inputs of a job.</summary>
    public void Prepare(JsonObject job) => Ask(new JsonObject { ["prepare"] = job.DeepClone() });

    /// <summary>Seconds for that many repetitions of the job, by the peer's own clock.</summary>
    public double Run(int repetitions) => (double)Ask(new JsonObject { ["run"] = repetitions })["seconds"]!;

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
    }

    private JsonObject Ask(JsonObject message)
    {
        try
        {
            process.StandardInput.WriteLine(message.ToJsonString());
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has gone; Read tells how.
        }
        return Read();
    }

    private JsonObject Read()
    {
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            process.WaitForExit();
            throw new PeerException($"peers: PyTorch's process ended with code {process.ExitCode}: {lastError ?? "it said nothing"}.");
        }
        JsonObject answer = JsonSerializer.Deserialize<JsonObject>(line)!;
        return answer["error"] is { } error ? throw new PeerException($"peers: PyTorch: {error}") : answer;
    }
}
