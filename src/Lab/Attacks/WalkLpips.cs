using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Models;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The perceptual distance between the ends of walks and their targets, and the walks that it counts as arrived.</summary>
internal static class WalkLpips
{
    /// <summary>Below it a walk of the null-space study has arrived. It is one for AlexNet: other networks measure on scales of their own.</summary>
    public const double Arrival = 0.03;

    /// <summary>Success depends steeply on its threshold, so the counts at several are given.</summary>
    private static readonly double[] Thresholds = [0.01, 0.02, Arrival, 0.05, 0.1];

    public static AttackResult Measure(AttackResult result, Tensor targets, LoadedLpips lpips)
    {
        double[] distances = lpips.Lpips.Of(result.Output, targets);
        return result with { Examples = [.. result.Examples.Select((e, i) => e with { Lpips = distances[i] })] };
    }

    /// <summary>Whether the arrival threshold means something for this network.</summary>
    public static bool HasArrival(string net) => net == "alex";

    public static int Arrived(Traversal walk, IEnumerable<ExampleResult> examples) => examples.Count(e => e.Counts && e.Lpips < Arrival && walk.Keeps(e));

    public static void Describe(JsonObject summary, Traversal walk, AttackResult result, LoadedLpips lpips)
    {
        ExampleResult[] counted = [.. result.Examples.Where(e => e.Counts)];
        lpips.Describe(summary);
        (double mean, double deviation) = Statistics.Spread(counted.Select(e => e.Lpips!.Value));
        summary["lpips_mean"] = JsonText.Number(mean);
        summary["lpips_std"] = JsonText.Number(deviation);
        JsonObject below = [];
        foreach (double threshold in Thresholds) below[threshold.ToString(CultureInfo.InvariantCulture)] = counted.Count(e => e.Lpips < threshold);
        summary["lpips_below"] = below;
        summary["text"] += string.Create(CultureInfo.InvariantCulture, $"; LPIPS ({lpips.Net}) {mean:F4} ± {deviation:F4}");
        if (!HasArrival(lpips.Net)) return;
        int arrived = Arrived(walk, counted);
        summary["lpips_success_criterion"] = string.Create(CultureInfo.InvariantCulture, $"lpips < {Arrival} with the confidence kept within {walk.ConfidenceDrop}");
        summary["lpips_successes"] = arrived;
        summary["lpips_success_rate"] = JsonText.Number(counted.Length == 0 ? double.NaN : (double)arrived / counted.Length);
        summary["text"] += string.Create(CultureInfo.InvariantCulture, $", below {Arrival} with the confidence kept: {arrived} of {counted.Length}");
    }
}
