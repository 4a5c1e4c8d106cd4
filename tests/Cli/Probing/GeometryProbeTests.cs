using System.Text.Json.Nodes;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>Probes whose numbers have medians in place of means: a page, a summary and the way to go on.</summary>
public sealed class GeometryProbeTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LinesHaveMediansAndNoMean()
    {
        AttackFolder left = Run("directions", "--count", "3", "--directions", "4", "--longest", "60");
        Assert.Equal(3, left.Lines.Length);
        JsonObject[] lines = left.Lines;
        Assert.Equal(["schema", "index", "data_index", "label", "adversarial", "law", "plus", "minus", "crossings", "median", "infinite"],
            lines[0].Select(pair => pair.Key));
        Assert.Equal(4, lines[0]["plus"]!.AsArray().Count);
        Assert.Equal(12, left.Summary["length_count"]!.GetValue<int>());
        Assert.Equal(lines.Sum(line => line["infinite"]!.GetValue<int>()), left.Summary["length_infinite"]!.GetValue<int>());
        Assert.DoesNotContain(left.Summary, pair => pair.Key.EndsWith("_mean", StringComparison.Ordinal));
        Assert.Contains("no mean", left.Page().Value, StringComparison.Ordinal);

        // What a killed process leaves is measured again to the same bytes, and infinite lengths of a file still count.
        byte[] whole = File.ReadAllBytes(left["results.jsonl"]);
        JsonObject summary = left.Summary;
        File.Delete(left["summary.json"]);
        File.WriteAllText(left["results.jsonl"], left.Texts[1] + "\n");
        Assert.Equal(0, Of("directions", "--count", "3", "--directions", "4", "--longest", "60", "--resume").Code);
        Assert.Equal(whole, File.ReadAllBytes(left["results.jsonl"]));
        foreach (string key in (string[])["length_infinite", "length_median", "ratio_median", "ratio_count"])
        {
            Assert.Equal(summary[key]?.ToJsonString(), left.Summary[key]?.ToJsonString());
        }
    }

    [Fact]
    public void SubspacesHaveBetaWithAnInterval()
    {
        AttackFolder left = Run("subspace", "--count", "3", "--dimension", "49", "--draws", "2");
        Assert.Equal(6, left.Summary["beta_count"]!.GetValue<int>() + left.Summary["beta_missing"]!.GetValue<int>());
        Assert.InRange(left.Summary["beta_mean"]!.GetValue<double>(),
            left.Summary["beta_low"]!.GetValue<double>(), left.Summary["beta_high"]!.GetValue<double>());
        Assert.Equal(1.02, left.Summary["beta_law"]!.GetValue<double>(), 0.01);
        Wrong("subspace").AssertFails(2, "--dimension");
        Wrong("subspace", "--dimension", "785").AssertFails(2, "dimension 785 is outside 1 to 784");
    }

    [Fact]
    public void JacobiansHaveTheirSpectrum()
    {
        AttackFolder left = Run("jacobian", "--count", "2");
        double[] sigma = [.. left.Lines[0]["sigma"]!.AsArray().Select(v => v!.GetValue<double>())];
        Assert.Equal(10, sigma.Length);
        Assert.Equal(sigma.OrderDescending(), sigma);
        Assert.InRange(left.Summary["cosine_median"]!.GetValue<double>(), 0, 1);
        Assert.InRange(left.Summary["stable_rank_median"]!.GetValue<double>(), 1, 10);
    }

    [Fact]
    public void NormalsAndUniversalPerturbationsAreOfAllImages()
    {
        AttackFolder normals = Run("normals", "--count", "12", "--dimension", "2", "--draws", "3");
        Assert.Equal(["schema", "index", "rows"], Assert.Single(normals.Lines).Take(3).Select(pair => pair.Key));
        Assert.InRange(normals.Summary["energy"]!.GetValue<double>(), normals.Summary["random_energy"]!.GetValue<double>(), 1);
        Assert.Equal(3, normals.Summary["fooled_rest_count"]!.GetValue<int>());

        string[] words = ["--count", "12", "--passes", "1", "--draws", "2", "--smallest", "true", "--halvings", "3", "--share", "0.5"];
        AttackFolder universal = Run("universal", words);
        JsonObject line = Assert.Single(universal.Lines);
        Assert.Equal(6, line["iterative"]!["count"]!.GetValue<int>());
        Assert.Equal(2, line["random"]!.AsArray().Count);
        Assert.Equal(line["iterative"]!["fooled"]!.GetValue<int>() / 6.0, universal.Summary["fooled_iterative"]!.GetValue<double>());
        Assert.Equal(2, universal.Summary["smallest_random_count"]!.GetValue<int>());
        // Null where no radius suffices, in the line and in the summary.
        Assert.True(line.ContainsKey("smallest_iterative"));
        Assert.Equal(line["smallest_iterative"]?.ToJsonString(), universal.Summary["smallest_iterative"]?.ToJsonString());
        byte[] whole = File.ReadAllBytes(universal["results.jsonl"]);
        File.Delete(universal["summary.json"]);
        Assert.Equal(0, Of("universal", [.. words, "--resume"]).Code);
        Assert.Equal(whole, File.ReadAllBytes(universal["results.jsonl"]));
        Wrong("universal", "--norm", "l2").AssertFails(2, "for L2 there is no usual radius");
        Wrong("universal", "--count", "1").AssertFails(2, "1 images cannot be halved");
        Wrong("normals", "--count", "4", "--dimension", "3")
            .AssertFails(2, "the first half of 4 images has fewer than 3 directions", "at least 6 images");
    }

    private AttackFolder Run(string probe, params string[] words)
    {
        CliRun run = Of(probe, words);
        Assert.Equal((0, ""), (run.Code, run.Problem));
        AttackFolder left = new(folder[probe]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        left.Page();
        return left;
    }

    private CliRun Of(string probe, params string[] words) => Into(probe, probe, words);

    private CliRun Wrong(string probe, params string[] words) => Into($"{probe}-{words.Length}-wrong", probe, words);

    private CliRun Into(string name, string probe, string[] words) =>
        CliRun.Of(["probe", probe, "--weights", AttackFolder.Weights, "--data", "digits", .. words, "--out", folder[name]]);
}
