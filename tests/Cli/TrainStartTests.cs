using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Fine-tuning by <c>train</c>: it starts from trained weights, by plain training or by CURE, and says which they were.</summary>
public sealed class TrainStartTests : IDisposable
{
    private static readonly string[] Cure =
        [
            "train", "lenet5-mnist-cure", "--data", "digits", "--start", "lenet5-digits", "--count", "320", "--epochs", "2",
            "--batch", "32", "--json",
        ];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FineTuning_StartsWhereTheWeightsWere()
    {
        JsonObject result = CliRun.Of([.. Cure, "--out", folder["run"]]).Json;
        // Fresh weights would be right on about a thousand after these twenty steps.
        Assert.InRange(result["correct"]!.GetValue<int>(), 9_500, 10_000);
        JsonNode recipe = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "manifest.json")))!["identity"]!["recipe"]!;
        Assert.Equal("lenet5-digits", recipe["start"]!.GetValue<string>());
        Assert.Equal(64, recipe["start_sha256"]!.GetValue<string>().Length);
        Assert.Equal("cure", recipe["objective"]!["name"]!.GetValue<string>());
        Assert.Equal(4, recipe["objective"]!["gamma"]!.GetValue<double>());
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder["run"], "lenet5-mnist-cure.safetensors"));
        Assert.Equal(JsonNode.Parse(recipe.ToJsonString())!.ToJsonString(), JsonNode.Parse(file.Metadata["recipe"])!.ToJsonString());
    }

    [Fact]
    public void AStoppedFineTuning_GoesOnToTheSameBytes_FromTheSameWeights()
    {
        Assert.Equal(0, CliRun.Of([.. Cure, "--out", folder["whole"]]).Code);
        string checkpoint = Path.Combine(folder["broken"], "checkpoint.safetensors");
        string start = folder["start.safetensors"];
        File.Copy(Path.Combine(folder["whole"], "lenet5-mnist-cure.safetensors"), start);
        string[] own = [.. Cure.Select(word => word == "lenet5-digits" ? start : word)];
        CliRun run = CliRun.StoppedWhen(() => File.Exists(checkpoint), [.. own, "--out", folder["broken"], "--checkpoint-seconds", "0"]);
        run.AssertFails(130, "saved in", "--resume");
        Assert.Equal(0, CliRun.Of([.. own, "--out", folder["twice"]]).Code);
        Assert.Equal(0, CliRun.Of([.. own, "--out", folder["broken"], "--resume"]).Code);
        Assert.Equal(Weights("twice"), Weights("broken"));
        Assert.NotEqual(Weights("whole"), Weights("broken"));
        // No path of this machine in what the weights say of themselves.
        Assert.DoesNotContain(folder["start.safetensors"],
            System.Text.Encoding.UTF8.GetString(Weights("broken")), StringComparison.Ordinal);

        File.Copy(Path.Combine(folder["twice"], "lenet5-mnist-cure.safetensors"), start, overwrite: true);
        CliRun.Of([.. own, "--out", folder["broken"], "--resume"]).AssertFails(2, "recipe.start_sha256 is", "there and", "here");
    }

    [Fact]
    public void WhatCannotBe_IsSaid()
    {
        CliRun.Of("train", "lenet5-digits", "--curvature-weight", "2")
            .AssertFails(2, "lenet5-digits does not train by CURE", "lenet5-mnist-cure");
        CliRun.Of("train", "lenet5-digits", "--start", folder["nothing"]).AssertFails(3, "--start", "does not exist");
        CliRun.Of("train", "lenet5-digits", "--count", "32", "--start", "mlp-mnist", "--out", folder["a"])
            .AssertFails(3, "missing \"conv1.weight\"");
        CliRun.Of("train", "lenet5-digits", "--count", "32", "--start", Stated("mean", "0.5"), "--out", folder["b"])
            .AssertFails(2, "trained on pixels of mean 0.5, the recipe has 0");
        CliRun.Of("train", "lenet5-digits", "--count", "32", "--start", Stated("blur_pool", "4"), "--out", folder["c"])
            .AssertFails(2, "trained with --blur-pool 4, this is with 0");
    }

    private byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(folder[run], "lenet5-mnist-cure.safetensors"));

    /// <summary>The shipped digits' network in a file that says something else of itself.</summary>
    private string Stated(string key, string value)
    {
        using SafetensorsFile file = SafetensorsFile.Open(MiniGrad.Nn.Weights.ShippedWeights.Locate("lenet5-digits"));
        Dictionary<string, string> metadata = new(file.Metadata) { [key] = value };
        Safetensors.Write(folder[$"{key}.safetensors"], [.. file.Names.Select(name => (name, file.Read(name)))], metadata);
        return folder[$"{key}.safetensors"];
    }
}
