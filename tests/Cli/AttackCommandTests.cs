using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>
/// Every attack of the catalogue on the digits set: what stands in its run folder is
/// measured again from the images it saved.
/// </summary>
public sealed class AttackCommandTests : IDisposable
{
    private const int Count = 12;

    private readonly ScratchFolder folder = new();

    public static TheoryData<string> Names => [.. AttackFolder.Attacks.Select(entry => entry.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void LeavesItsFilesAndOneObject(string name)
    {
        JsonObject answer = Run(name, "--json").Json;
        AttackFolder run = new(folder["run"]);
        Assert.Equal(["images.png", "manifest.json", "report.html", "results.jsonl", "summary.json", "tensors.safetensors"], run.Names);
        Assert.Equal(run.Summary.ToJsonString(), answer.ToJsonString());
        Assert.Equal(name, answer["attack"]!.GetValue<string>());
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(run["manifest.json"]))!;
        Assert.Equal($"attack {name}", manifest["command"]!.GetValue<string>());
        Assert.Equal(Count, manifest["identity"]!["labels"]!.AsArray().Count);
        Assert.Contains(manifest["command_line"]!.GetValue<string>(),
            run.Page().Descendants("pre").Single().Value, StringComparison.Ordinal);
        PixelImage sheet = ImageFile.Read(run["images.png"]);
        int rows = IsWalk(name) ? 3 : 2;
        Assert.Equal((Count * 30 + 2, rows * 30 + 2), (sheet.Width, sheet.Height));
        int size = sheet.Width * sheet.Channels;
        float first = run.Tensor("output").ToArray<float>()[14 * 28 + 14];
        Assert.Equal((byte)Math.Round(Math.Clamp(first, 0, 1) * 255),
            sheet.Pixels[(2 + (rows - 1) * 30 + 14) * size + (2 + 14) * sheet.Channels]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LinesAreWhatTheImagesMeasure(string name)
    {
        Assert.Equal(0, Run(name).Code);
        AttackFolder run = new(folder["run"]);
        ImageDataSet digits = DataSets.Open("digits", Split.Test);
        JsonObject[] lines = run.Lines;
        (Tensor source, Tensor output) = (run.Tensor("source"), run.Tensor("output"));
        Tensor reference = IsWalk(name) ? run.Tensor("target") : source;
        int[] labels = run.Tensor("labels").ToArray<int>();
        Assert.Equal(Count, lines.Length);
        Assert.Equal(Enumerable.Range(0, Count), lines.Select(line => Whole(line, "index")));
        Assert.Equal(digits.Images([.. lines.Select(line => Whole(line, "source_index"))]).ToArray<float>(), source.ToArray<float>());
        Assert.Equal(lines.Select(line => digits.Labels[Whole(line, "source_index")]), labels);
        if (IsWalk(name))
        {
            Assert.Equal(digits.Images([.. lines.Select(line => Whole(line, "target_index"))]).ToArray<float>(),
                reference.ToArray<float>());
            Assert.Equal(lines.Select(line => digits.Labels[Whole(line, "target_index")]), run.Tensor("target_labels").ToArray<int>());
        }
        if (!IsMinimal(name)) Assert.All(output.ToArray<float>(), pixel => Assert.InRange(pixel, 0, 1));
        (int Prediction, double Confidence)[] before = AttackFolder.Measure(source, labels);
        (int Prediction, double Confidence)[] after = AttackFolder.Measure(output, labels);
        for (int i = 0; i < Count; i++)
        {
            double[] d = AttackFolder.Difference(output, reference, i);
            Assert.Equal(labels[i], Whole(lines[i], "label"));
            Assert.Equal(after[i].Prediction, Whole(lines[i], "prediction"));
            Assert.Equal(before[i].Confidence, Real(lines[i], "source_confidence"), 1e-9);
            Assert.Equal(after[i].Confidence, Real(lines[i], "confidence"), 1e-9);
            Assert.Equal(AttackFolder.Rmse(d), Real(lines[i], "rmse"), 1e-7);
            Assert.Equal(28 * AttackFolder.Rmse(d), Real(lines[i], "distance_l2"), 1e-6);
            Assert.Equal(d.Max(Math.Abs), Real(lines[i], "distance_linf"), 1e-6);
            Assert.InRange(Real(lines[i], "ssim"), -1, 1);
            bool success = IsWalk(name)
                ? AttackFolder.Rmse(d) <= 0.15 && after[i].Prediction == labels[i]
                    && before[i].Confidence - after[i].Confidence <= Drop(name) + 1e-6
                : IsMinimal(name) ? after[i].Prediction != before[i].Prediction
                : after[i].Prediction != labels[i] && d.Max(Math.Abs) <= Radius(name) + 1e-6;
            Assert.Equal(success, lines[i]["success"]!.GetValue<bool>());
            if (!IsMinimal(name))
            {
                Assert.NotEqual(0, d.Max(Math.Abs));
                continue;
            }
            Assert.Equal(before[i].Prediction, Whole(lines[i], "start_class"));
            Assert.Equal(success, d.Max(Math.Abs) > 0);
            if (!success) continue;
            double[] image = AttackFolder.Difference(source, source * 0, i);
            Assert.Equal(AttackFolder.Rmse(d) / AttackFolder.Rmse(image), Real(lines[i], "relative_l2"), 1e-6);
            Assert.Equal(d.Max(Math.Abs) / image.Max(Math.Abs), Real(lines[i], "relative_linf"), 1e-6);
        }
        // A run in which all or none succeed would not show which criterion is used.
        Assert.InRange(lines.Count(line => line["success"]!.GetValue<bool>()), 1, Count - 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SummaryCountsTheLines(string name)
    {
        Assert.Equal(0, Run(name).Code);
        AttackFolder run = new(folder["run"]);
        JsonObject summary = run.Summary;
        JsonObject[] lines = run.Lines;
        JsonObject[] counted =
            [.. lines.Where(line => line["status"]!.GetValue<string>() is not ("source_misclassified" or "same_class" or "non_finite"))];
        int successes = counted.Count(line => line["success"]!.GetValue<bool>());
        Assert.Equal(Count, Whole(summary, "count"));
        Assert.Equal(counted.Length, Whole(summary, "counted"));
        Assert.Equal(successes, Whole(summary, "successes"));
        Assert.Equal((double)successes / counted.Length, Real(summary, "success_rate"), 1e-12);
        Assert.Equal(lines.GroupBy(line => line["status"]!.GetValue<string>()).ToDictionary(g => g.Key, g => g.Count()),
            summary["statuses"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<int>()));
        // Sizes of perturbations that were not found are in no mean.
        if (IsMinimal(name)) counted = [.. counted.Where(line => line["success"]!.GetValue<bool>())];
        foreach (string number in (string[])["rmse", "distance_l2", "distance_linf", "ssim", "source_confidence", "confidence"])
        {
            double[] values = [.. counted.Select(line => Real(line, number))];
            double mean = values.Average();
            Assert.Equal(mean, Real(summary, number + "_mean"), 1e-12);
            // Of the sample for distances, of the population for confidences, as in the papers.
            int degrees = number.EndsWith("confidence", StringComparison.Ordinal) ? values.Length : values.Length - 1;
            Assert.Equal(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / degrees), Real(summary, number + "_std"), 1e-12);
        }
        if (IsWalk(name))
        {
            Assert.Equal(counted.Count(line => Whole(line, "prediction") == Whole(line, "label")), Whole(summary, "prediction_kept"));
            Assert.Equal(counted.Count(line => Real(line, "rmse") <= 0.1), Whole(summary["rmse_within"]!.AsObject(), "0.1"));
            Assert.Contains(successes + " / " + counted.Length, run.Row(name)[1], StringComparison.Ordinal);
            return;
        }
        if (IsMinimal(name))
        {
            Assert.Equal(Count - successes, Whole(summary, "failures"));
            Assert.Equal(counted.Average(line => Real(line, "relative_l2")), Real(summary, "rho_adv"), 1e-12);
            Assert.Equal(counted.Average(line => Real(line, "relative_linf")), Real(summary, "rho_inf"), 1e-12);
            double[] sizes = [.. counted.Select(line => Real(line, "distance_l2")).Order()];
            Assert.Equal((sizes[(sizes.Length - 1) / 2] + sizes[sizes.Length / 2]) / 2, Real(summary, "distance_l2_median"), 1e-12);
            Assert.DoesNotContain(summary, pair => pair.Key.Contains("accuracy", StringComparison.Ordinal));
            float[] pixels = run.Tensor("output").ToArray<float>();
            Assert.Equal(pixels.Chunk(784).Count(image => image.Any(p => p is < 0 or > 1)), Whole(summary, "outside_box"));
            Assert.StartsWith($"{successes} / {Count}", run.Row(name)[1], StringComparison.Ordinal);
            return;
        }
        int robust = counted.Count(line => Whole(line, "prediction") == Whole(line, "label"));
        Assert.Equal(robust, Whole(summary, "robust_correct"));
        Assert.Equal((double)robust / counted.Length, Real(summary, "robust_accuracy"), 1e-12);
        Assert.Equal(counted.Count(line => line["status"]!.GetValue<string>() != "already_met"), Whole(summary, "clean_correct"));
        Assert.StartsWith($"{robust} / {counted.Length}", run.Row(name)[2], StringComparison.Ordinal);
    }

    [Fact]
    public void ASmallestPerturbationMayHaveATarget()
    {
        Assert.Equal(0, CliRun.Of("attack", "deepfool", "--weights", AttackFolder.Weights,
            "--data", "digits", "--count", $"{Count}", "--target-class", "3", "--out", folder["run"]).Code);
        AttackFolder run = new(folder["run"]);
        JsonObject[] lines = run.Lines;
        JsonObject[] excluded = [.. lines.Where(line => line["status"]!.GetValue<string>() == "same_class")];
        Assert.NotEmpty(excluded);
        Assert.All(excluded, line => Assert.Equal(3, Whole(line, "start_class")));
        Assert.All(lines.Except(excluded), line => Assert.Equal((3, true), (Whole(line, "prediction"), line["success"]!.GetValue<bool>())));
        Assert.Equal((3, Count - excluded.Length), (Whole(run.Summary, "target_class"), Whole(run.Summary, "successes")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ComputesInDoublePrecision(string name)
    {
        Assert.Equal(0, Run(name, "--precision", "f64", "--count", "2").Code);
        AttackFolder run = new(folder["run"]);
        Assert.Equal(DType.F64, run.Tensor("output").Type);
        (int Prediction, double Confidence)[] after = AttackFolder.Measure(
            run.Tensor("output").Cast(DType.F32), run.Tensor("labels").ToArray<int>());
        for (int i = 0; i < 2; i++) Assert.Equal(after[i].Confidence, Real(run.Lines[i], "confidence"), 1e-3);
    }

    private static bool IsWalk(string name) => AttackCatalog.Find(name).IsTraversal;

    private static bool IsMinimal(string name) => AttackCatalog.Find(name).IsMinimal;

    private static double Radius(string name) =>
        name switch
        {
            "lpa" or "fast-lpa" or "ppgd" => 1,
            "noise" => 0.7,
            "fgm-l2" => 2,
            "square" => 0.15,
            "noise-sign" => 0.5,
            "noise-gaussian" => 12,
            "universal" => 0.4,
            _ => name.StartsWith("spatial", StringComparison.Ordinal) ? 1 : 0.1,
        };

    private static double Drop(string name) => name == "nspgd" ? 0.05 : 0.2;

    /// <summary>Few steps, and a criterion that some examples meet after them.</summary>
    private CliRun Run(string name, params string[] more)
    {
        string[] count = more.Contains("--count") ? [] : ["--count", $"{Count}"];
        return CliRun.Of([
            "attack", name, "--weights", AttackFolder.Weights, "--data", "digits",
            "--out", folder["run"], .. count, .. Few(name), .. more]);
    }

    /// <summary>Options that make an attack quick.</summary>
    internal static string[] Few(string name) =>
        name switch
        {
            "fgsm" => ["--epsilon", "0.1"],
            "fgm-l2" => ["--epsilon", "2"],
            "apgd-t" => ["--epsilon", "0.1", "--steps", "5", "--targets", "2"],
            "cw-l2" => ["--iterations", "20", "--binary-steps", "2", "--step-size", "0.1", "--first-weight", "0.05"],
            "cw-linf" => ["--iterations", "20", "--step-size", "0.05", "--first-weight", "0.1", "--most-weight", "0.2"],
            "pgd" or "bim" or "apgd" or "mi-fgsm" or "msd" or "pgd-kl" => ["--epsilon", "0.1", "--steps", "5"],
            "pgd-conf" => ["--epsilon", "0.1", "--steps", "8", "--step-size", "0.03"],
            "lpa" or "fast-lpa" or "ppgd" => ["--threat", "features:0.7", "--steps", "4"],
            "noise" => ["--threat", "linf:0.7", "--draws", "5"],
            "fab" => ["--epsilon", "0.1", "--steps", "5"],
            "square" => ["--epsilon", "0.15", "--queries", "60"],
            "noise-sign" => ["--threat", "linf:0.5", "--draws", "5"],
            "noise-gaussian" => ["--threat", "l2:12", "--draws", "5"],
            "boundary-walk" => ["--iterations", "20", "--start-draws", "1", "--seed", "1"],
            "universal" => ["--epsilon", "0.4", "--passes", "1"],
            "spatial-random" => [],
            "spatial-worst-of" => ["--draws", "3"],
            "spatial-grid" => ["--threat", "warp:20deg,1px", "--angles", "5", "--shifts", "3"],
            "spatial-first-order" => ["--steps", "4"],
            "spatial-combined" => ["--threat", "warp-linf:30deg,3px,0.1", "--draws", "2", "--steps", "2"],
            "deepfool" => ["--iterations", "2"],
            "logit-space" => ["--success-rmse", "0.15", "--from", "target", "--iterations", "40", "--confidence-drop", "0.2"],
            _ => ["--success-rmse", "0.15", "--iterations", "40", "--step-size", "0.05"],
        };

    private static int Whole(JsonObject line, string key) => line[key]!.GetValue<int>();

    private static double Real(JsonObject line, string key) => line[key]!.GetValue<double>();
}
