using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The numbers behind the figures, as comma-separated files and as a summary.</summary>
internal static class CurvatureData
{
    public static IEnumerable<(string Name, string Text)> Files(SubjectResult r)
    {
        string key = r.Subject.Key;
        double[][] means = r.MeanSpectra;
        string[] names = [.. r.Competitors.Select(j => r.Subject.Set.ClassNames[j])];
        yield return ($"figure-3-{key}.csv", Text(["rank", .. names, "mean"], Enumerable.Range(0, means[0].Length)
            .Select(k => (double[])[k + 1, .. means.Select(m => m[k]), means.Average(m => m[k])])));
        yield return ($"figure-4-{key}.csv", Text(["image", .. names],
            r.Spectra.Select(row => (double[])[row.DataIndex, .. row.Result.Pairs.Select(p => p.Average)])));
        foreach (DetectionResult d in r.Detection.Where(d => !d.IsOfSuccesses && d.Roc is not null))
        {
            yield return ($"figure-5-{key}-{d.Perturbation.Key}.csv", Text(["threshold", "false_positive_rate", "true_positive_rate"],
                d.Roc!.Points.Select(p => (double[])[p.Threshold, p.FalsePositiveRate, p.TruePositiveRate])));
        }
        DetectionResult[] ranked = [.. r.Detection.Where(d => d.IsOfSuccesses && d.Ranks is { Count: > 0 })];
        yield return ($"figure-6-{key}.csv", Text(["rank", .. ranked.Select(d => d.Perturbation.Key)],
            Enumerable.Range(0, r.Subject.Classifier.ClassCount - 1)
                .Select(k => (double[])[k + 1, .. ranked.Select(d => (double)d.Ranks!.Counts[k])])));
        yield return ($"steps-{key}.csv", Text(["step", "sum", "largest_magnitude"],
            r.Sweep.Select(p => (double[])[p.Step, p.Sum, p.LargestMagnitude])));
        yield return ($"boundary-{key}.csv", Text(["at_image", "at_boundary"], r.Boundary.Select(p => (double[])[p.Image, p.Boundary])));
        yield return ($"paired-{key}.csv", Text(["natural", "perturbed"],
            r.Paired.Natural.Select((n, k) => (double[])[n, r.Paired.Perturbed[k]])));
        if (r.Agreement is { } agreement)
        {
            IEnumerable<string> methods = agreement.Differences.Select(d => d.Name.Replace(", ", " ", StringComparison.Ordinal));
            yield return ($"methods-{key}.csv", Text(["exact", .. methods],
                agreement.Exact.Select((e, k) => (double[])[e, .. agreement.Differences.Select(d => d.Values[k])])));
        }
        if (r.Profile is not { } profile) yield break;
        yield return ($"profile-{key}.csv", Text(["rank", "curvature"], profile.Select((v, k) => (double[])[k + 1, v])));
    }

    public static JsonObject Summary(SubjectResult r)
    {
        JsonArray detection = [];
        foreach (DetectionResult d in r.Detection)
        {
            (double natural, double perturbed) = d.ExpectedSigns;
            detection.Add(new JsonObject
            {
                ["perturbation"] = d.Perturbation.Key,
                ["strength"] = d.Perturbation.Strength,
                ["successful_only"] = d.IsOfSuccesses,
                ["images"] = d.Total,
                ["changed"] = d.Moved,
                ["auc"] = JsonText.Number(d.Roc?.Area ?? double.NaN),
                ["auc_low"] = JsonText.Number(d.Interval?.Low ?? double.NaN),
                ["auc_high"] = JsonText.Number(d.Interval?.High ?? double.NaN),
                ["auc_of_sum"] = JsonText.Number(d.SumArea),
                ["auc_of_small_margin"] = JsonText.Number(d.MarginArea),
                ["auc_by_repetition"] = JsonText.Array(d.Areas),
                ["threshold_by_repetition"] = JsonText.Array(d.Halves.Select(h => h.Threshold)),
                ["calibrated_accuracy_by_repetition"] = JsonText.Array(d.Halves.Select(h => h.Test.Accuracy)),
                ["calibrated_balanced_accuracy_by_repetition"] = JsonText.Array(d.Halves.Select(h => h.Test.BalancedAccuracy)),
                ["study_protocol_accuracy"] = JsonText.Number(d.Protocol?.Mean ?? double.NaN),
                ["natural_negative_share"] = JsonText.Number(natural),
                ["perturbed_positive_share"] = JsonText.Number(perturbed),
                ["former_class_first"] = JsonText.Number(d.FormerAmong(1)),
                ["former_class_in_first_two"] = JsonText.Number(d.FormerAmong(2)),
                ["former_class_in_first_three"] = JsonText.Number(d.FormerAmong(3)),
                ["mean_rank"] = JsonText.Number(d.Ranks is { Count: > 0 } all ? all.MeanRank : double.NaN),
            });
        }
        return new()
        {
            ["weights"] = r.Subject.Key,
            ["weights_sha256"] = r.Subject.Record.Sha256,
            ["method"] = r.Subject.Method.ToString(),
            ["average_mean"] = JsonText.Number(r.Averages.DefaultIfEmpty(double.NaN).Average()),
            ["test_images"] = r.Subject.Set.Count,
            ["test_images_wrong"] = r.Subject.Wrong,
            ["towards_nearest_class_at_image"] = JsonText.Number(r.AtImage),
            ["towards_nearest_class_at_boundary"] = JsonText.Number(r.AtBoundary),
            ["natural_score_mean"] = JsonText.Number(r.NaturalScore),
            ["boundary_negative_share"] = JsonText.Number(r.BoundaryNegative),
            ["near_zero_share"] = JsonText.Number(r.Profiles.Select(p => p.NearZeroShare).DefaultIfEmpty(double.NaN).Average()),
            ["negative_share"] = JsonText.Number(r.Profiles.Select(p => p.NegativeShare).DefaultIfEmpty(double.NaN).Average()),
            ["detection"] = detection,
        };
    }

    private static string Text(IReadOnlyList<string> header, IEnumerable<double[]> rows)
    {
        StringBuilder text = new();
        text.AppendJoin(',', header.Select(Quoted)).Append('\n');
        foreach (double[] row in rows) text.AppendJoin(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        return text.ToString();
    }

    private static string Quoted(string word) =>
        word.AsSpan().ContainsAny(',', '"') ? $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : word;
}
