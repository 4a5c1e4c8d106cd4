using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Probes.Distances;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Walks measured by LPIPS: lines, summary and report against the tensors of the run.</summary>
public sealed class AttackLpipsTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(LpipsNet.Alex), InlineData(LpipsNet.Squeeze)]
    public void NumbersAreThoseOfTheImages(LpipsNet net)
    {
        LpipsFiles weights = new(folder["."], net);
        Assert.Equal("", Run("nspgd", "run", [.. weights.Options, "--chunk-size", "5"]).Problem);
        AttackFolder run = new(folder["run"]);
        double[] expected = weights.Lpips.Of(run.Tensor("output"), run.Tensor("target"));
        JsonObject[] lines = run.Lines;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], Real(lines[i], "lpips"));

        JsonObject summary = run.Summary;
        JsonObject[] counted = [.. lines.Where(line => line["status"]!.GetValue<string>() is not ("source_misclassified" or "same_class"))];
        double[] values = [.. counted.Select(line => Real(line, "lpips"))];
        Assert.Equal(values.Average(), Real(summary, "lpips_mean"), 1e-12);
        Assert.Equal(Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Length - 1)),
            Real(summary, "lpips_std"), 1e-12);
        foreach (string threshold in (string[])["0.01", "0.02", "0.03", "0.05", "0.1"])
        {
            Assert.Equal(values.Count(v => v < double.Parse(threshold, CultureInfo.InvariantCulture)),
                summary["lpips_below"]![threshold]!.GetValue<int>());
        }
        Assert.Equal($"{net}".ToLowerInvariant(), summary["lpips_net"]!.GetValue<string>());
        string[] row = run.Row("nspgd");
        Assert.StartsWith(values.Average().ToString("F4", CultureInfo.InvariantCulture), row[7], StringComparison.Ordinal);
        if (net != LpipsNet.Alex)
        {
            // The threshold of the study is one for AlexNet.
            Assert.Equal(8, row.Length);
            Assert.False(summary.ContainsKey("lpips_success_rate"));
            return;
        }
        int arrived = counted.Count(line => Real(line, "lpips") < 0.03
            && line["prediction"]!.GetValue<int>() == line["label"]!.GetValue<int>()
            && Real(line, "source_confidence") - Real(line, "confidence") <= 0.05 + 1e-6);
        Assert.InRange(arrived, 1, counted.Length - 1);
        Assert.Equal(arrived, summary["lpips_successes"]!.GetValue<int>());
        Assert.Equal((double)arrived / counted.Length, Real(summary, "lpips_success_rate"), 1e-12);
        Assert.StartsWith($"{arrived} / {counted.Length}", row[8], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutItsWeights_NothingIsSaidOfIt()
    {
        Assert.Equal(0, Run("lst", "run").Code);
        AttackFolder run = new(folder["run"]);
        Assert.All(run.Lines, line => Assert.False(line.ContainsKey("lpips")));
        Assert.DoesNotContain(run.Summary, pair => pair.Key.StartsWith("lpips", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Page().Descendants("th"), cell => cell.Value.Contains("LPIPS", StringComparison.Ordinal));
    }

    [Fact]
    public void OtherWeightsAreAnotherRun()
    {
        LpipsFiles weights = new(folder["."]);
        Assert.Equal(0, Run("nspgd", "run", weights.Options).Code);
        Assert.Equal(0, Run("nspgd", "run", [.. weights.Options, "--resume"]).Code);
        Run("nspgd", "run", "--resume").AssertFails(2, "lpips");
    }

    [Fact]
    public void MistakesAreFoundBeforeTheWork()
    {
        Run("nspgd", "run", "--lpips-net", "alex").AssertFails(2, "--lpips-backbone is missing");
        Run("fgsm", "run", "--lpips-net", "alex").AssertFails(2, "\"--lpips-net\"");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void APerceptualAttackKeepsTheLpipsItWasGiven()
    {
        LpipsFiles weights = new(folder["."]);
        CliRun Lpa(params string[] more) => CliRun.Of(["attack", "lpa", "--weights", AttackFolder.Weights, "--data", "digits",
            "--count", "4", "--steps", "3", "--out", folder["run"], "--threat", "lpips:0.02", .. more]);
        Lpa().AssertFails(2, "--threat lpips:0.02 needs the weights of LPIPS");
        Assert.False(Directory.Exists(folder["run"]));
        Assert.Equal("", Lpa([.. weights.Options, "--chunk-size", "3"]).Problem);
        AttackFolder run = new(folder["run"]);
        double[] expected = weights.Lpips.Of(run.Tensor("output"), run.Tensor("source"));
        Assert.All(expected, distance => Assert.InRange(distance, 1e-5, 0.02 + 2e-6));
        JsonObject[] lines = run.Lines;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], Real(lines[i], "lpips"));
        Assert.Equal(expected.Average(), Real(run.Summary, "lpips_mean"), 1e-12);
        Assert.Equal("squeeze", run.Summary["lpips_net"]!.GetValue<string>());
        Run("fgsm", "run2", "--threat", "lpips:0.02").AssertFails(2, "fgsm: --threat lpips:0.02 is for lpa, fast-lpa and ppgd");
    }

    private static double Real(JsonObject line, string key) => line[key]!.GetValue<double>();

    private CliRun Run(string name, string to, params string[] more) =>
        CliRun.Of(["attack", name, "--weights", AttackFolder.Weights, "--data", "digits", "--out", folder[to],
            "--count", "12", .. name == "fgsm" ? [] : (string[])["--iterations", "30"], .. more]);
}
