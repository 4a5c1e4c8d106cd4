using MiniGrad.Bench.Peers;
using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Bench.Gpu;

/// <summary>Lists devices, times rows on one, and writes the report: the parts of bench/gpu.sh.</summary>
internal static class GpuCommand
{
    public const string Name = "gpu";

    /// <summary>The exit code: 0, 2 for wrong usage, 4 for a device that is missing or failed.</summary>
    public static int Run(string[] arguments)
    {
        try
        {
            GpuOptions options = GpuOptions.Parse(arguments);
            Action run = options.Verb switch
            {
                "list" => () => List(options),
                "time" => new GpuTimes(options, new GpuLog(options.Out)).Run,
                "report" => () => Report(options),
                _ => throw new PeerException($"gpu: \"{options.Verb}\" is no verb.\n{GpuOptions.Usage}"),
            };
            run();
            return 0;
        }
        catch (Exception error) when (error is PeerException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
        catch (DeviceException error)
        {
            Console.Error.WriteLine(error.Message);
            return 4;
        }
    }

    private static void List(GpuOptions options)
    {
        GpuLog log = new(options.Out);
        List<int> usable = [];
        for (int i = 0; i < GpuDevices.All.Count; i++)
        {
            GpuFacts facts = GpuDevices.All[i];
            Console.Error.WriteLine($"gpu:{i} {facts.Interface}: {facts.Name}, driver {facts.Driver}, {facts.Memory >> 20} MB, "
                + $"{facts.Features}{(facts.Missing is { } missing ? $"; cannot be used: {missing}" : "")}");
            if (facts.Missing is not null || !(facts.IsGpu || options.Processor)) continue;
            usable.Add(i);
            log.Device(i, facts);
        }
        foreach (string note in GpuDevices.Notes) log.Note(note);
        if (usable.Count == 0) log.Note($"No usable GPU: {GpuDevices.Nothing()}.");
        Console.WriteLine(string.Join(' ', usable));
    }

    private static void Report(GpuOptions options)
    {
        GpuReport report = new(GpuRecord.Read(options.Out), options.Command);
        string text = report.Markdown();
        File.WriteAllText(Path.Combine(options.To, $"gpu-{report.Slug}.md"), text);
        Console.Write(text);
    }
}
