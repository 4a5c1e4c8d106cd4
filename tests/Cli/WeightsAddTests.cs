using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MiniGrad.Nn.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>weights add</c> takes a finished training into an index, and nothing else.</summary>
public sealed class WeightsAddTests : IDisposable
{
    private const string Name = "lenet5-digits";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TakesATrainingIntoTheIndex()
    {
        string run = Train("a run", 200, seed: 5);
        JsonObject answer = Add(run, "--json").Json;
        JsonNode summary = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "summary.json")))!;
        WeightRecord row = Assert.Single(WeightIndex.Load(folder["weights/index.json"]));
        byte[] bytes = File.ReadAllBytes(Path.Combine(run, Name + ".safetensors"));
        Assert.Equal(bytes, File.ReadAllBytes(folder[$"weights/{Name}.safetensors"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), row.Sha256);
        row.Verify(folder["weights"]);
        Assert.Equal((Name, Name + ".safetensors", "lenet5", "digits"), (row.Name, row.File, row.Architecture, row.DataSet));
        Assert.Equal((5, 1, 10_000, 61_706), (row.Seed, row.Epochs, row.Count, row.Parameters));
        Assert.Equal(summary["correct"]!.GetValue<int>(), row.Correct);
        Assert.Equal(row.Correct / 10_000.0, row.Accuracy);
        Assert.Equal([0.0], row.Preprocessing.Mean);
        Assert.Equal([1.0], row.Preprocessing.Std);
        // Where the run lay is no part of its recipe, though its folder has a space in its name.
        Assert.Equal("minigrad train lenet5-digits --count 200 --epochs 1 --seed 5", row.Recipe);
        Assert.Equal(row.Sha256, answer["sha256"]!.GetValue<string>());
        Assert.Equal(row.Correct, CliRun.Of("eval", "--weights", folder[$"weights/{Name}.safetensors"], "--data", "digits", "--json")
            .Json["correct"]!.GetValue<int>());
    }

    [Fact]
    public void ASecondTraining_ReplacesTheFirst()
    {
        Assert.Equal(0, Add(Train("first", 40, seed: 1)).Code);
        WeightRecord other = WeightIndex.Load(folder["weights/index.json"])[0] with { Name = "another", File = "another.safetensors" };
        WeightIndex.Save(folder["weights/index.json"], [.. WeightIndex.Load(folder["weights/index.json"]), other]);
        Assert.Equal(0, Add(Train("second", 40, seed: 2)).Code);
        IReadOnlyList<WeightRecord> rows = WeightIndex.Load(folder["weights/index.json"]);
        Assert.Equal(["another", Name], rows.Select(row => row.Name));
        Assert.Equal([1L, 2L], rows.Select(row => row.Seed));
        rows[1].Verify(folder["weights"]);
    }

    [Fact]
    public void WhatIsNoTraining_IsRefused()
    {
        Add(folder["none"]).AssertFails(3, "summary.json", "does not exist");
        Directory.CreateDirectory(folder["empty"]);
        Add(folder["empty"]).AssertFails(3, "summary.json", "does not exist");
        Assert.Equal(0, CliRun.Of("attack", "fgsm", "--weights", AttackFolder.Weights,
            "--data", "digits", "--count", "2", "--out", folder["attack"]).Code);
        Add(folder["attack"]).AssertFails(3, "not of a training");
        AssertNothingWasWritten();
    }

    [Fact]
    public void DamagedRuns_AreRefused()
    {
        string run = Train("run", 40, seed: 1);
        string path = Path.Combine(run, "summary.json");
        string whole = File.ReadAllText(path);
        foreach (string text in (string[])[
            "", "{", "[]", "null", "\"recipe\"", "{\"\\udc00\": 1}", "{\"a\": 1, \"a\": 2}", new string('[', 5000)])
        {
            File.WriteAllText(path, text);
            Add(run).AssertFails(3, "summary.json", "not a JSON object");
        }
        foreach ((string key, JsonNode? value) in (IEnumerable<(string, JsonNode?)>)
            [("recipe", 3), ("recipe", "../up"), ("recipe", null), ("model", ""),
                ("data", new JsonArray()), ("epochs", "1"), ("epochs", -1),
             ("count", 0), ("correct", 10_001), ("correct", 0.5), ("weights_sha256", new string('0', 64))])
        {
            JsonObject damaged = JsonNode.Parse(whole)!.AsObject();
            damaged[key] = value;
            File.WriteAllText(path, damaged.ToJsonString());
            Add(run).AssertFails(3);
            damaged.Remove(key);
            File.WriteAllText(path, damaged.ToJsonString());
            Add(run).AssertFails(3);
        }
        File.WriteAllText(path, whole.Replace("\"count\"", "\"model\": \"\\ud800\", \"count\"", StringComparison.Ordinal));
        Add(run).AssertFails(3, "summary.json");
        File.WriteAllText(path, whole);
        File.WriteAllText(Path.Combine(run, "manifest.json"), "{\"seed\": 1}");
        Add(run).AssertFails(3, "manifest.json", "command_line");
        File.Delete(Path.Combine(run, "manifest.json"));
        Add(run).AssertFails(3, "manifest.json", "does not exist");
        File.Delete(Path.Combine(run, Name + ".safetensors"));
        Add(run).AssertFails(3, "does not exist");
        AssertNothingWasWritten();
    }

    [Fact]
    public void PlacesThatCannotTakeIt()
    {
        string run = Train("run", 40, seed: 1);
        folder.Put("weights", [1]);
        Add(run).AssertFails(4, "cannot write");
        File.Delete(folder["weights"]);
        Directory.CreateDirectory(folder["weights"]);
        File.WriteAllText(folder["weights/index.json"], "{}");
        Add(run).AssertFails(3, "index.json");
        Assert.Equal(["index.json"], Directory.GetFiles(folder["weights"]).Select(path => Path.GetFileName(path)));
    }

    private string Train(string name, int count, int seed)
    {
        Assert.Equal(0,
            CliRun.Of("train", "lenet5-digits", "--count", $"{count}", "--epochs", "1", "--out", folder[name], "--seed", $"{seed}").Code);
        return folder[name];
    }

    private CliRun Add(string run, params string[] more) => CliRun.Of(["weights", "add", run, "--into", folder["weights"], .. more]);

    private void AssertNothingWasWritten() => Assert.False(Directory.Exists(folder["weights"]));
}
