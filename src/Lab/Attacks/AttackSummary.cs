using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>The totals of an attack run: counts with their denominators, means over the examples that count; for attacks of minimal norm over those that crossed.</summary>
internal static class AttackSummary
{
    /// <summary>Success depends steeply on its threshold, so the counts at several are given.</summary>
    private static readonly double[] Thresholds = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2];

    public static JsonObject Of(AttackEntry entry, Attack attack, AttackResult result, int? towards = null)
    {
        ExampleResult[] all = result.Examples;
        ExampleResult[] counted = [.. all.Where(e => e.Counts)];
        JsonObject statuses = [];
        foreach (IGrouping<ExampleStatus, ExampleResult> group in all.GroupBy(e => e.Status).OrderBy(g => g.Key)) statuses[StatusWord.Of(group.Key)] = group.Count();
        JsonObject summary = new()
        {
            ["schema"] = RunFolder.Schema,
            ["attack"] = entry.Name,
            ["configuration"] = attack.ToString(),
            ["count"] = all.Length,
            ["counted"] = counted.Length,
            ["successes"] = result.Successes,
            ["success_rate"] = JsonText.Number(counted.Length == 0 ? double.NaN : (double)result.Successes / counted.Length),
            ["statuses"] = statuses,
        };
        if (attack is Traversal walk)
        {
            summary["success_criterion"] = string.Create(CultureInfo.InvariantCulture, $"rmse <= {walk.SuccessRmse} with the confidence kept within {walk.ConfidenceDrop}");
            JsonObject within = [];
            foreach (double threshold in Thresholds) within[threshold.ToString(CultureInfo.InvariantCulture)] = counted.Count(e => e.Rmse <= threshold);
            summary["rmse_within"] = within;
            summary["prediction_kept"] = counted.Count(e => e.Prediction == e.SourceClass);
        }
        else if (attack is MinimalAttack)
        {
            MinimalSummary.Describe(summary, result, towards);
        }
        else if (towards is not null)
        {
            summary["target_class"] = towards;
            summary["already_met"] = counted.Count(e => e.Status == ExampleStatus.AlreadyMet);
        }
        else
        {
            int robust = counted.Count(e => !e.Success);
            summary["clean_correct"] = counted.Count(e => e.Status != ExampleStatus.AlreadyMet);
            summary["robust_correct"] = robust;
            summary["robust_accuracy"] = JsonText.Number(counted.Length == 0 ? double.NaN : (double)robust / counted.Length);
        }
        // The size of a perturbation that was not found is no number.
        if (attack is MinimalAttack) counted = [.. counted.Where(e => e.Success)];
        Add(summary, "rmse", counted.Select(e => e.Rmse));
        Add(summary, "distance_l2", counted.Select(e => e.DistanceL2));
        Add(summary, "distance_linf", counted.Select(e => e.DistanceLinf));
        Add(summary, "ssim", counted.Select(e => e.Ssim));
        Add(summary, "source_confidence", counted.Select(e => e.SourceConfidence), population: true);
        Add(summary, "confidence", counted.Select(e => e.Confidence), population: true);
        summary["warnings"] = JsonText.Array(result.Warnings);
        return summary;
    }

    /// <summary>The result in a line or two for people.</summary>
    public static string Text(AttackEntry entry, Attack attack, AttackResult result, int? towards = null)
    {
        ExampleResult[] counted = [.. result.Examples.Where(e => e.Counts)];
        if (attack is Traversal walk)
        {
            (double rmse, double deviation) = Statistics.Spread(counted.Select(e => e.Rmse));
            return string.Create(CultureInfo.InvariantCulture,
                $"{entry.Name}: {result.Successes} of {counted.Length} arrived (RMSE at most {walk.SuccessRmse}, confidence kept); RMSE {rmse:F4} ± {deviation:F4}; prediction kept {counted.Count(e => e.Prediction == e.SourceClass)} of {counted.Length}; excluded {result.Examples.Length - counted.Length}");
        }
        if (attack is MinimalAttack) return MinimalSummary.Text(entry.Name, result, towards);
        int clean = counted.Count(e => e.Status != ExampleStatus.AlreadyMet);
        if (towards is not null)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{entry.Name}: {result.Successes} of {counted.Length} are class {towards} to the network, {counted.Length - clean} of them before the attack; excluded {result.Examples.Length - counted.Length}");
        }
        int robust = counted.Count(e => !e.Success);
        return counted.Length == 0 ? $"{entry.Name}: none of {result.Examples.Length} examples counts" : string.Create(CultureInfo.InvariantCulture,
            $"{entry.Name}: clean accuracy {100.0 * clean / counted.Length:F2} % ({clean} of {counted.Length}), robust accuracy {100.0 * robust / counted.Length:F2} % ({robust} of {counted.Length}); excluded {result.Examples.Length - counted.Length}");
    }

    private static void Add(JsonObject summary, string name, IEnumerable<double> values, bool population = false)
    {
        (double mean, double deviation) = Statistics.Spread(values, population);
        summary[name + "_mean"] = JsonText.Number(mean);
        summary[name + "_std"] = JsonText.Number(deviation);
    }
}
