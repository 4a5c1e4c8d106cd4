using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>The demo on what is embedded; one run serves all that is asked of it, for it takes seconds.</summary>
public sealed class DemoCommandTests : IDisposable
{
    private static readonly string[] Written =
        ["level-sets.png", "manifest.json", "report.html", "results.jsonl", "summary.json", "tensors.safetensors"];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void SummaryAndReportAreWhatTheImagesMeasure()
    {
        // What a former demo left is replaced.
        Directory.CreateDirectory(folder["demo"]);
        foreach (string name in Written) File.WriteAllText(Path.Combine(folder["demo"], name), "former");
        File.WriteAllText(Path.Combine(folder["demo"], "manifest.json"), """{"command":"demo"}""");
        JsonObject answer = CliRun.Of("demo", "--out", folder["demo"], "--json").Json;
        AttackFolder demo = new(folder["demo"]);
        Assert.Equal(Written, demo.Names);
        Assert.Equal(64,
            JsonNode.Parse(File.ReadAllText(demo["manifest.json"]))!["identity"]!["weights_sha256"]!.GetValue<string>().Length);
        JsonNode[] lines = [.. File.ReadLines(demo["results.jsonl"]).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(180, lines.Length);
        Assert.Equal(answer["lst"]!["confidence_mean"]!.GetValue<double>(),
            lines[..90].Average(line => line["confidence"]!.GetValue<double>()), 1e-12);
        Assert.Equal(demo.Summary.ToJsonString(), answer.ToJsonString());
        Assert.Equal(demo["report.html"], answer["report"]!.GetValue<string>());

        int[] labels = demo.Tensor("labels").ToArray<int>();
        int[] targets = demo.Tensor("target_labels").ToArray<int>();
        Assert.Equal(Enumerable.Range(0, 10).SelectMany(s => Enumerable.Range(0, 10).Where(t => t != s).Select(t => (s, t))),
            labels.Zip(targets));
        Assert.All(AttackFolder.Measure(demo.Tensor("source"), labels).Zip(labels),
            pair => Assert.True(pair.First.Prediction == pair.Second && pair.First.Confidence > 0.6));
        Assert.Equal(targets, AttackFolder.Measure(demo.Tensor("target"), targets).Select(m => m.Prediction));
        Check(demo, answer["lst"]!.AsObject(), "output", labels, drop: 0.2);
        Check(demo, answer["nspgd"]!.AsObject(), "output_nspgd", labels, drop: 0.05);
        CheckBall(answer["pgd"]!.AsObject());

        string[] titles = [.. demo.Page().Descendants("h2").Select(title => title.Value)];
        Assert.Equal(["What was asked", "How far, how confident", "Images the network cannot tell apart",
            "The course of a walk", "Between the images", "One exact step",
            "Inside a ball", "How to reproduce this"], titles);
        string kept = answer["lst"]!["prediction_kept"]!.ToString();
        Assert.Equal($"{kept} / 90", demo.Page().Descendants("dd").First().Value);
        Assert.StartsWith($"{answer["lst"]!["successes"]} / 90", demo.Row("LST")[1], StringComparison.Ordinal);
        Assert.StartsWith($"{answer["nspgd"]!["successes"]} / 90", demo.Row("NSPGD")[1], StringComparison.Ordinal);
        Assert.StartsWith($"{answer["pgd"]!["robust_correct"]} / 100", demo.Row("PGD")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void StopsWhenItIsTold()
    {
        CliRun.Of(new CancellationToken(true), "demo", "--out", folder["at once"]).AssertFails(130, "interrupted");
        CliRun run = CliRun.StoppedWhen(() => Directory.Exists(folder["demo"]), "demo", "--out", folder["demo"]);
        Assert.Equal(130, run.Code);
        Assert.Equal("minigrad: interrupted.", run.Problem);
        Assert.Equal("", run.Out);
        Assert.Empty(Directory.GetFiles(folder["demo"]));
    }

    [Fact]
    public void PlacesThatCannotTakeIt()
    {
        folder.Put("demo", [1]);
        CliRun.Of("demo", "--out", folder["demo"]).AssertFails(4, "demo", "cannot write");
        CliRun.Of("demo", "--otu", folder["demo"]).AssertFails(2, "\"--otu\"", "did you mean \"--out\"?");
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(Path.Combine(folder["run"], "manifest.json"), "{}");
        CliRun.Of("demo", "--out", folder["run"]).AssertFails(2, "another run", "--out");
    }

    [Fact]
    public async Task WithoutTheShippedWeights_ItSaysSo()
    {
        Directory.CreateDirectory(folder["bin"]);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(folder["bin"], Path.GetFileName(file)));
        }
        string settings = Path.Combine(folder["bin"], "MiniGrad.Tests");
        ChildRun run = await ChildRun.Of(folder["."], ["exec", "--runtimeconfig", settings + ".runtimeconfig.json",
            "--depsfile", settings + ".deps.json", Path.Combine(folder["bin"], "minigrad.dll"), "demo"]);
        new CliRun(run.Code, run.Out, run.Error).AssertFails(3, "weights/index.json");
        Assert.Equal(["bin"], folder.Names);
    }

    private static void Check(AttackFolder demo, JsonObject summary, string output, int[] labels, double drop)
    {
        (int Prediction, double Confidence)[] before = AttackFolder.Measure(demo.Tensor("source"), labels);
        (int Prediction, double Confidence)[] after = AttackFolder.Measure(demo.Tensor(output), labels);
        (Tensor end, Tensor target) = (demo.Tensor(output), demo.Tensor("target"));
        double[] rmse = [.. labels.Select((_, i) => AttackFolder.Rmse(AttackFolder.Difference(end, target, i)))];
        bool[] kept = [.. labels.Select((label, i) => after[i].Prediction == label
            && before[i].Confidence - after[i].Confidence <= drop + 1e-6)];
        Assert.Equal((90, 90), (summary["count"]!.GetValue<int>(), summary["counted"]!.GetValue<int>()));
        Assert.Equal(rmse.Where((r, i) => kept[i] && r <= 0.05).Count(), summary["successes"]!.GetValue<int>());
        Assert.Equal(labels.Where((label, i) => after[i].Prediction == label).Count(), summary["prediction_kept"]!.GetValue<int>());
        Assert.Equal(rmse.Average(), summary["rmse_mean"]!.GetValue<double>(), 1e-7);
        Assert.Equal(after.Average(m => m.Confidence), summary["confidence_mean"]!.GetValue<double>(), 1e-9);
        Assert.Equal(before.Average(m => m.Confidence), summary["source_confidence_mean"]!.GetValue<double>(), 1e-9);
        Assert.Equal(90, summary["statuses"]!.AsObject().Sum(pair => pair.Value!.GetValue<int>()));
    }

    private static void CheckBall(JsonObject summary)
    {
        ImageDataSet digits = DataSets.Open("digits", Split.Test);
        int[] labels = digits.Labels[..100];
        int right = AttackFolder.Measure(digits.Images(0, 100), labels).Zip(labels).Count(pair => pair.First.Prediction == pair.Second);
        Assert.Equal(right, summary["clean_correct"]!.GetValue<int>());
        Assert.InRange(summary["robust_correct"]!.GetValue<int>(), 0, right);
        Assert.Equal(100 - summary["robust_correct"]!.GetValue<int>(), summary["successes"]!.GetValue<int>());
        Assert.InRange(summary["distance_linf_mean"]!.GetValue<double>(), 0.01, 0.1 + 1e-6);
    }
}
