using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>PyTorch in a process of its own, with a fixed number of threads: it computes when asked and waits otherwise.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process process;
    private string? lastError;

    public TorchPeer(string python, int threads)
    {
        process = Python.Start(python, threads, Repository.Script);
        process.ErrorDataReceived += (_, line) => lastError = string.IsNullOrWhiteSpace(line.Data) ? lastError : line.Data;
        process.BeginErrorReadLine();
        JsonObject hello = Read();
        Version = $"PyTorch {hello["torch"]}, {hello["blas"]}";
    }

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
        process.StandardInput.WriteLine(message.ToJsonString());
        process.StandardInput.Flush();
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
