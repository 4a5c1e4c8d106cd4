using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>Resident bytes of a process before its network ran, and at most.</summary>
internal sealed record PeerMemory(long Before, long Peak)
{
    public const string Command = "peers-memory";
    public const int Batch = 8;

    private const int Repetitions = 3;

    public static NetworkShapes Network => NetworkTables.ResNet50;

    /// <summary>Our side, in a fresh process of this program.</summary>
    public static PeerMemory Ours(int threads)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] arguments = [.. isHost ? (string[])[Environment.GetCommandLineArgs()[0]] : [], Command, $"{threads}"];
        return Read(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!);
    }

    /// <summary>PyTorch's, in a fresh Python.</summary>
    public static PeerMemory Theirs(string python, int threads) =>
        Read(Python.Start(python, threads, waitPolicy: null, Repository.Script, "memory", Network.Name, $"{Batch}", $"{threads}"));

    /// <summary>What the fresh process does.</summary>
    public static int Run(string threads)
    {
        Computing.Default = Computing.Default with { Threads = int.Parse(threads, CultureInfo.InvariantCulture) };
        Action step = new NetworkWork(Network, Batch, Device.Cpu).Of(Work.ForwardAndInputGradient);
        long before = Status("VmRSS");
        for (int i = 0; i < Repetitions; i++) step();
        Console.WriteLine(new JsonObject { ["before"] = before, ["peak"] = Status("VmHWM") }.ToJsonString());
        return 0;
    }

    private static PeerMemory Read(Process process)
    {
        using (process)
        {
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new PeerException($"peers: the process that measures memory ended with code {process.ExitCode}.");
            }
            JsonNode answer = JsonNode.Parse(text)!;
            return new((long)answer["before"]!, (long)answer["peak"]!);
        }
    }

    private static long Status(string key)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', '\t').First(word => word.Length > 0 && char.IsAsciiDigit(word[0])),
            CultureInfo.InvariantCulture);
    }
}
