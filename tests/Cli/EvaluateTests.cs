using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>evaluate</c> gives the numbers that its definitions give, goes on after a stop, and refuses what cannot be.</summary>
public sealed class EvaluateTests : IDisposable
{
    private const int Count = 12;

    private const int Test = 180;

    private static readonly string[] Attacks =
        ["--attack", "pgd:steps=6,restarts=2", "--attack", "pgd:loss=confidence,threat=l2:1.5,steps=8"];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NumbersAreThoseOfTheDefinitions()
    {
        JsonObject result = CliRun.Of([.. Command("run"), "--json"]).Json;
        ImageDataSet digits = DataSets.Open("digits", Split.Test);
        (int Prediction, double[] P)[] clean = Measure(digits.Images(0, 200));
        double[] kept = [.. Enumerable.Range(Test, 20).Where(i => clean[i].Prediction == digits.Labels[i])
            .Select(i => clean[i].P.Max()).Order()];
        double tau = kept[(int)Math.Floor(kept.Length * (1 - 0.9) + 1e-9)];
        Near(tau, result["threshold"]);
        Assert.Equal((Test, 20, Count, 0.9), (result["test_count"]!.GetValue<int>(), result["validation_count"]!.GetValue<int>(),
            result["count"]!.GetValue<int>(), result["reject_at_tpr"]!.GetValue<double>()));
        Near(Enumerable.Range(0, Test).Count(i => clean[i].Prediction != digits.Labels[i]) / (double)Test, result["clean_error"]);
        Near(Enumerable.Range(0, Test).Count(i => clean[i].P.Max() >= tau) / (double)Test, result["true_positive_rate"]);

        Classifier classifier = new(AttackFolder.Network);
        Examples examples = new(digits.Images(0, Count), digits.Labels[..Count]);
        (int Prediction, double[] P)[] Attacked(Attack attack, int start) =>
            Measure(attack.Run(classifier, examples, new RunContext { Seed = 5, AttacksMet = true, FirstStart = start }).Output);
        Pgd first = new(Threat.Linf(0.15), Steps: 6);
        (int Prediction, double[] P)[][] ofFirst = [Attacked(first, 0), Attacked(first, 1)];
        (int Prediction, double[] P)[] second = Attacked(new Pgd(Threat.L2(1.5), Steps: 8) { Loss = Loss.Confidence }, 0);
        AssertLine(result["attacks"]![0]!, "pgd:steps=6,restarts=2", ofFirst);
        AssertLine(result["attacks"]![1]!, "pgd:loss=confidence,threat=l2:1.5,steps=8", [second]);
        AssertLine(result["worst_case"]!, "worst case", [.. ofFirst, second]);
        Assert.InRange(result["worst_case"]!["robust_error"]!.GetValue<double>(), 0.1, 1);

        void AssertLine(JsonNode line, string name, (int Prediction, double[] P)[][] outcomes)
        {
            (int wrong, int success, int correct, int accepted, int both, int unnoticed) = (0, 0, 0, 0, 0, 0);
            for (int i = 0; i < Count; i++)
            {
                int label = digits.Labels[i];
                double Other(double[] p) => p.Where((_, k) => k != label).Max();
                (int Prediction, double[] P) worst = outcomes.Select(o => o[i])
                    .OrderByDescending(o => o.Prediction != label).ThenByDescending(o => Other(o.P)).First();
                (bool err, bool errA) = (clean[i].Prediction != label, worst.Prediction != label);
                (bool takes, bool takesA) = (clean[i].P.Max() >= tau, worst.P.Max() >= tau);
                if (!err) correct++;
                if (!err && errA) success++;
                if (!err && errA && takesA) unnoticed++;
                if (err || errA) wrong++;
                if (takes || takesA) accepted++;
                if ((err && takes) || (errA && takesA)) both++;
            }
            Assert.Equal(name, line["name"]!.GetValue<string>());
            Near((double)wrong / Count, line["robust_error"]);
            Near((double)both / accepted, line["robust_error_accepted"]);
            Near((double)unnoticed / Count, line["false_positive_rate"]);
            Near((double)success / correct, line["success_rate"]);
            Assert.Equal(accepted, line["accepted"]!.GetValue<int>());
            Assert.False(line["none_accepted"]!.GetValue<bool>());
        }
    }

    [Fact]
    public void TheFolderTellsHowItCameAbout_AndTheTextHasARowForEachAttack()
    {
        CliRun run = CliRun.Of(Command("run"));
        Assert.Equal(0, run.Code);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Contains("180 test images", lines[0], StringComparison.Ordinal);
        Assert.Equal(["attack", "pgd:steps=6,restarts=2", "pgd:loss=confidence,threat=l2:1.5,steps=8", "worst"],
            lines[2..6].Select(line => line.Split(' ')[0]));
        AttackFolder left = new(folder["run"]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        Assert.Equal(left.Summary["worst_case"]!["robust_error"]!.GetValue<double>() * 100,
            double.Parse(left.Row("worst case")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 0.0051);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(left["manifest.json"]))!.AsObject();
        Assert.Equal(5, manifest["seed"]!.GetValue<int>());
        Assert.Equal(left.Summary["weights_sha256"]!.GetValue<string>(), manifest["identity"]!["weights_sha256"]!.GetValue<string>());
        Assert.Contains("0.15", manifest["identity"]!["configurations"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(Count, left.Lines.Length);

        CliRun again = CliRun.Of([.. Command("run"), "--resume"]);
        Assert.Equal((0, run.Out), (again.Code, again.Out));
        Assert.Contains("complete already", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAttacks_TwoOfPgdAreRun()
    {
        JsonObject result = CliRun.Of("evaluate", "--weights", AttackFolder.Weights, "--clean-count", "20", "--count", "2", "--threat",
            "linf:0.01", "--out", folder["run"], "--json").Json;
        Assert.Equal(["pgd", "pgd:loss=confidence"], result["attacks"]!.AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.All(result["attacks"]!.AsArray(), a => Assert.Contains("0.01", a!["configuration"]!.GetValue<string>(),
            StringComparison.Ordinal));
        Assert.Equal(0.99, result["reject_at_tpr"]!.GetValue<double>());
    }

    [Fact]
    public void AStoppedRun_GoesOnToTheSameBytes()
    {
        string weights = CountingNetwork.Write(folder["weights.safetensors"]);
        string[] command = Command("run", weights, 4);
        int passes = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of(command).Code));
        Directory.Move(folder["run"], folder["whole"]);
        using CancellationTokenSource stop = new();
        CliRun? stopped = null;
        CountingNetwork.During(() => stopped = CliRun.Of(stop.Token, command), pass =>
        {
            if (pass == passes * 6 / 10) stop.Cancel();
        });
        int kept = new AttackFolder(folder["run"]).Texts.Length;
        Assert.InRange(kept, 1, Count - 1);
        Assert.Equal(130, stopped!.Code);
        Assert.Contains($"stopped with {kept} of {Count} images finished", stopped.Problem, StringComparison.Ordinal);
        Assert.EndsWith($"Go on with: minigrad {string.Join(' ', command)} --resume", stopped.Problem, StringComparison.Ordinal);
        // A torn line and one of fewer attacks are done again.
        string results = Path.Combine(folder["run"], "results.jsonl");
        string[] texts = File.ReadAllLines(results);
        JsonObject poor = JsonNode.Parse(texts[0])!.AsObject();
        poor["attacks"]!.AsArray().RemoveAt(1);
        File.WriteAllText(results, string.Join('\n', [poor.ToJsonString(), .. texts[1..], "{\"schema\":1,\"ind"]));
        Assert.Equal(0, CliRun.Of([.. Command("run", weights, 5), "--resume", "--threads", "1"]).Code);
        foreach (string name in (string[])["results.jsonl", "report.html"])
        {
            Assert.Equal(File.ReadAllText(Path.Combine(folder["whole"], name)), File.ReadAllText(Path.Combine(folder["run"], name)));
        }
    }

    [Fact]
    public void AnotherEvaluation_IsRefused()
    {
        Assert.Equal(0, CliRun.Of(Command("run")).Code);
        CliRun.Of(Command("run")).AssertFails(2, "holds a run of", "Add --resume");
        CliRun.Of([.. Command("run"), "--resume", "--precision", "f64"]).AssertFails(2, "precision is f32 there and f64 here");
        CliRun.Of([.. Command("run").Select(word => word == "0.9" ? "0.8" : word), "--resume"])
            .AssertFails(2, "reject_at_tpr is 0.9 there and 0.8 here");
        CliRun.Of([.. Command("run").Select(word => word == "linf:0.15" ? "linf:0.16" : word), "--resume"])
            .AssertFails(2, "configurations is", "0.15", "0.16", "--out");
    }

    [Fact]
    public void NumbersThatDoNotFitTheData()
    {
        string[] start = ["evaluate", "--weights", AttackFolder.Weights, "--out", folder["run"]];
        CliRun.Of([.. start, "--clean-count", "100", "--count", "91"]).AssertFails(2, "--count: 91", "has 90", "Attack fewer");
        CliRun.Of([.. start, "--clean-count", "99999999"]).AssertFails(2, "--clean-count: 99999999", "digits");
        CliRun.Of([.. start, "--data", $"folder:{folder["."]}"]).AssertFails(2, "folder:");
        CliRun.Of("evaluate", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5", "--out", folder["run"])
            .AssertFails(2, "--data is missing");
        CliRun.Of("evaluate", "--weights", folder["none"], "--out", folder["run"]).AssertFails(3, "does not exist");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void WithoutAValidationImageThatIsRight_ThereIsNoThreshold()
    {
        ImageDataSet digits = DataSets.Open("digits", Split.Test);
        int[] predicted = ModelCatalog.Create("lenet5", 3).Forward(digits.Images(0, 10)).ArgMax(1).ToArray<int>();
        // Of two to ten images the last one is the validation part.
        int clean = Enumerable.Range(2, 9).First(n => predicted[n - 1] != digits.Labels[n - 1]);
        CliRun.Of("evaluate", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5", "--data", "digits",
            "--clean-count", $"{clean}", "--out", folder["run"])
            .AssertFails(3, "none of 1 validation images", "Take more images");
    }

    private string[] Command(string name, string? weights = null, int chunk = 64) =>
        [
            "evaluate", "--weights", weights ?? AttackFolder.Weights, "--data", "digits", "--clean-count", "200", "--count", $"{Count}",
            "--reject-at-tpr", "0.9", "--threat", "linf:0.15", .. Attacks, "--seed", "5", "--chunk-size", $"{chunk}", "--out", folder[name],
        ];

    /// <summary>Predictions and softmax probabilities by a fresh pass of the shipped network.</summary>
    private static (int Prediction, double[] P)[] Measure(Tensor images)
    {
        float[] z = AttackFolder.Network.Forward(images).ToArray<float>();
        return [.. z.Chunk(10).Select(row =>
        {
            double[] e = [.. row.Select(v => Math.Exp((double)v - row.Max()))];
            return (Array.IndexOf(row, row.Max()), e.Select(v => v / e.Sum()).ToArray());
        })];
    }

    private static void Near(double expected, JsonNode? found) => Assert.Equal(expected, found!.GetValue<double>(), 1e-12);
}
