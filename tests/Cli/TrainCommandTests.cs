using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>What <c>train</c> leaves behind, and that a stopped run goes on to the same bytes.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Small = ["train", "lenet5-digits", "--count", "640", "--epochs", "2", "--batch", "32", "--json"];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WritesTheRunFolder()
    {
        JsonObject result = Train("run", "--seed", "7").Json;
        string[] files = [.. Directory.GetFiles(folder["run"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["checkpoint.safetensors", "lenet5-digits.safetensors", "manifest.json", "results.jsonl", "summary.json"], files);

        JsonObject summary = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "summary.json")))!.AsObject();
        Assert.Equal(result.ToJsonString(), summary.ToJsonString());
        int correct = summary["correct"]!.GetValue<int>();
        Assert.Equal(10_000, summary["count"]!.GetValue<int>());
        Assert.InRange(correct, 2_000, 10_000);
        Assert.Equal(correct / 10_000.0, summary["accuracy"]!.GetValue<double>());
        Assert.True(summary["wall_seconds"]!.GetValue<double>() > 0);
        Assert.True(summary["images_per_second"]!.GetValue<double>() > 0);

        JsonObject manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "manifest.json")))!.AsObject();
        Assert.Equal(7, manifest["seed"]!.GetValue<long>());
        Assert.Equal("cpu", manifest["device"]!.GetValue<string>());
        Assert.Equal("adamw", manifest["identity"]!["recipe"]!["optimizer"]!.GetValue<string>());
        Assert.Equal(64, manifest["data_sha256"]!.GetValue<string>().Length);
        Assert.StartsWith("minigrad train lenet5-digits", manifest["command_line"]!.GetValue<string>(), StringComparison.Ordinal);

        JsonObject[] lines = Results("run");
        Assert.Equal([1, 2], lines.Select(line => line["epoch"]!.GetValue<int>()));
        Assert.All(lines, line => Assert.InRange(line["loss"]!.GetValue<double>(), 0.01, 3));

        string weights = Path.Combine(folder["run"], "lenet5-digits.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(weights);
        Assert.Equal("lenet5", file.Metadata["architecture"]);
        Assert.Equal(7, JsonNode.Parse(file.Metadata["recipe"])!["seed"]!.GetValue<long>());
        // The file says what it is: nothing but its name is needed, and the accuracy comes out again.
        Assert.Equal(correct, CliRun.Of("eval", "--weights", weights, "--json").Json["correct"]!.GetValue<int>());
    }

    [Fact]
    public void AStoppedRun_GoesOnToTheSameBytes()
    {
        Assert.Equal(0, Train("whole").Code);
        string checkpoint = Path.Combine(folder["broken"], "checkpoint.safetensors");
        int stops = 0;
        CliRun run;
        for (long done = 0; ; stops++)
        {
            long wanted = done + 7;
            run = CliRun.StoppedWhen(() => Steps(checkpoint) >= wanted,
                [.. Small, "--out", folder["broken"], "--resume", "--checkpoint-seconds", "0"]);
            if (run.Code == 0) break;
            run.AssertFails(130, "saved in", "Go on with: minigrad train lenet5-digits", "--resume");
            Assert.Equal(130, JsonNode.Parse(run.Out)!["exit_code"]!.GetValue<int>());
            Assert.False(File.Exists(Path.Combine(folder["broken"], "summary.json")));
            // What a process leaves that is killed while it writes.
            File.AppendAllText(Path.Combine(folder["broken"], "results.jsonl"), "{\"schema\":1,\"epo");
            File.WriteAllText(Path.Combine(folder["broken"], ".tmp-0"), "half");
            done = Steps(checkpoint);
        }
        Assert.True(stops >= 2, $"stopped {stops} times");
        byte[] whole = File.ReadAllBytes(Path.Combine(folder["whole"], "lenet5-digits.safetensors"));
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(folder["broken"], "lenet5-digits.safetensors")));
        Assert.Equal(Losses("whole"), Losses("broken"));
        Assert.False(File.Exists(Path.Combine(folder["broken"], ".tmp-0")));
    }

    [Fact]
    public void AFolderOfARun_IsNotOverwritten()
    {
        string[] tiny = ["train", "lenet5-digits", "--count", "40", "--epochs", "1", "--out", folder["run"]];
        Assert.Equal(0, CliRun.Of(tiny).Code);
        byte[] summary = File.ReadAllBytes(Path.Combine(folder["run"], "summary.json"));
        CliRun.Of(tiny).AssertFails(2, "holds a run of", "--resume", "--out");
        CliRun.Of([.. tiny, "--seed", "2"]).AssertFails(2, "recipe.seed is 1 there and 2 here");
        CliRun.Of([.. tiny, "--learning-rate", "0.1", "--resume"]).AssertFails(2, "recipe.learning_rate is 0.002 there and 0.1 here");
        CliRun.Of("train", "lenet5-digits", "--count", "41", "--epochs", "1", "--out", folder["run"], "--resume")
            .AssertFails(2, "images is 40 there and 41 here");

        CliRun again = CliRun.Of([.. tiny, "--resume"]);
        Assert.Equal(0, again.Code);
        Assert.Contains("complete already", again.Error, StringComparison.Ordinal);
        Assert.Equal(summary, File.ReadAllBytes(Path.Combine(folder["run"], "summary.json")));
    }

    [Fact]
    public void ALossThatExplodes_IsANumericalFailure() =>
        CliRun.Of("train", "lenet5-digits", "--count", "64", "--epochs", "3", "--batch", "8",
            "--optimizer", "sgd", "--learning-rate", "1e30", "--out", folder["run"])
            .AssertFails(5, "loss", "learning rate");

    private CliRun Train(string name, params string[] more) => CliRun.Of([.. Small, "--out", folder[name], .. more]);

    private JsonObject[] Results(string name) =>
        [.. File.ReadAllLines(Path.Combine(folder[name], "results.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private (int, double, double)[] Losses(string name) =>
        [.. Results(name).Select(line =>
            (line["epoch"]!.GetValue<int>(), line["loss"]!.GetValue<double>(), line["accuracy"]!.GetValue<double>()))];

    /// <summary>How many steps of training a checkpoint holds.</summary>
    private static long Steps(string checkpoint)
    {
        if (!File.Exists(checkpoint)) return 0;
        using SafetensorsFile file = SafetensorsFile.Open(checkpoint);
        return long.Parse(file.Metadata["optimizer_steps"], null);
    }
}
