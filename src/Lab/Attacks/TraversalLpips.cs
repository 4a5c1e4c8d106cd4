using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Models;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The perceptual distance between the ends of traversals and their targets, and those that it counts as arrived.</summary>
internal static class TraversalLpips
{
    /// <summary>
    /// Below it a traversal of the null-space study has arrived. It is one for AlexNet:
    /// other networks measure on scales of their own.
    /// </summary>
    public const double Arrival = 0.03;

    /// <summary>Success depends steeply on its threshold, so the counts at several are given.</summary>
    private static readonly double[] Thresholds = [0.01, 0.02, Arrival, 0.05, 0.1];

    /// <summary>Whether the arrival threshold means something for this network.</summary>
    public static bool HasArrival(string net) => net == "alex";

    public static int Arrived(Traversal attack, IEnumerable<ExampleResult> examples) =>
        examples.Count(e => e.Counts && e.Lpips < Arrival && attack.Keeps(e));

    public static JsonObject Describe(TraversalOutcome outcome, LoadedLpips lpips)
    {
        ExampleResult[] counted = outcome.Counted;
        JsonObject json = [];
        lpips.Describe(json);
        (double mean, double deviation) = Spread(counted);
        json.Add(JsonText.Of(new LpipsTotals(mean, deviation,
            Thresholds.ToDictionary(t => t.ToString(CultureInfo.InvariantCulture), t => counted.Count(e => e.Lpips < t)))));
        if (!HasArrival(lpips.Net)) return json;
        int arrived = Arrived(outcome.Attack, counted);
        json.Add(JsonText.Of(new LpipsArrivals(
            string.Create(CultureInfo.InvariantCulture,
                $"lpips < {Arrival} with the confidence kept within {outcome.Attack.ConfidenceDrop}"),
            arrived, counted.Length == 0 ? double.NaN : (double)arrived / counted.Length)));
        return json;
    }

    /// <summary>What is said of it behind the other results.</summary>
    public static string Text(TraversalOutcome outcome, LoadedLpips lpips)
    {
        ExampleResult[] counted = outcome.Counted;
        (double mean, double deviation) = Spread(counted);
        string text = string.Create(CultureInfo.InvariantCulture, $"; LPIPS ({lpips.Net}) {mean:F4} ± {deviation:F4}");
        return !HasArrival(lpips.Net) ? text : text + string.Create(CultureInfo.InvariantCulture,
            $", below {Arrival} with the confidence kept: {Arrived(outcome.Attack, counted)} of {counted.Length}");
    }

    private static (double Mean, double Deviation) Spread(ExampleResult[] counted) =>
        Statistics.Spread(counted.Select(e => e.Lpips!.Value));
}

/// <summary>The totals of a perceptual distance.</summary>
internal sealed record LpipsTotals(double LpipsMean, double LpipsStd, IReadOnlyDictionary<string, int> LpipsBelow);

/// <summary>Who arrived by it.</summary>
internal sealed record LpipsArrivals(string LpipsSuccessCriterion, int LpipsSuccesses, double LpipsSuccessRate);
