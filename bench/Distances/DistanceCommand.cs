using System.Diagnostics;
using System.Globalization;
using MiniGrad.Bench.Peers;
using MiniGrad.Nn;
using MiniGrad.Probes.Distances;

namespace MiniGrad.Bench.Distances;

/// <summary>What it takes to compare pairs of images of 3 × 32 × 32: SSIM, and LPIPS with a SqueezeNet of random weights.</summary>
internal static class DistanceCommand
{
    public const string Name = "distances";

    public const string Usage = """
        dotnet run -c Release --project bench -- distances [PAIRS]

        Times SSIM and LPIPS (squeeze) of 10 000 pairs of CIFAR size, or of as many as are given. Processor seconds are those of all
        threads: other work on the machine hardly changes them.
        """;

    /// <summary>What the two may take together on two processors, for 10 000 pairs.</summary>
    private const double GoalSeconds = 60;

    /// <summary>The exit code: 0, or 2 for wrong usage.</summary>
    public static int Run(string[] words)
    {
        int pairs = 10_000;
        if (words.Length > 1 || (words.Length == 1
            && !(int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out pairs) && pairs > 0)))
        {
            Console.WriteLine(Usage);
            return words is ["--help"] ? 0 : 2;
        }
        Tensor a = Draw(pairs, "a");
        Tensor b = Draw(pairs, "b");
        LpipsFeatures features = new(LpipsNet.Squeeze, Params.Fresh(1));
        Dictionary<string, Tensor> heads = [];
        for (int tap = 0; tap < features.Channels.Count; tap++)
        {
            heads[$"lin{tap}.model.1.weight"] = Ops.Full([1, features.Channels[tap], 1, 1], 1.0 / features.Channels[tap]);
        }
        Lpips lpips = new(features, heads);
        Console.WriteLine($"{Machine.Description}; load {Machine.Load}; {Computing.Default.Threads} threads; {pairs} pairs");
        Console.WriteLine("distance          seconds  processor s");
        double seconds = Time("SSIM", () => Ssim.Of(a, b)) + Time("LPIPS squeeze", () => lpips.Of(a, b));
        Console.WriteLine(FormattableString.Invariant(
            $"together {seconds:F1} s, {seconds * 10_000 / pairs:F1} s for 10 000 pairs; the goal is {GoalSeconds:F0} s on 2 processors"));
        return 0;
    }

    private static double Time(string name, Func<double[]> measure)
    {
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        double[] values = measure();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double busy = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"{name,-15} {seconds,9:F2} {busy,12:F2}   mean {values.Average():F4}"));
        return seconds;
    }

    private static Tensor Draw(int count, string name)
    {
        Shape shape = [count, 3, 32, 32];
        return Tensor.From(new Rng(1).At(name).Uniform((int)shape.Count), shape).Cast(DType.F32);
    }
}
