using System.Text.Json.Nodes;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Tests.Cli;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>Commands with <c>--device gpu:N</c>. Not beside the tests of the self-test, which compile the same kernels.</summary>
[Collection(Collection)]
public sealed class GpuCommandTests : IDisposable
{
    internal const string Collection = "GPU self-test";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [GpuFact]
    public void DevicesListsWhatTheDriverTells()
    {
        JsonArray devices = CliRun.Of("devices", "--json").Json["devices"]!.AsArray();
        JsonNode gpu = devices.Single(device => device!["name"]!.GetValue<string>() == AnyGpu.Name)!;
        Assert.True(gpu["available"]!.GetValue<bool>());
        Assert.True(gpu["memory_bytes"]!.GetValue<long>() > 0);
        GpuFacts facts = AnyGpu.Device.Facts;
        Assert.Equal((facts.Name, facts.Platform, facts.Driver),
            (gpu["device"]!.GetValue<string>(), gpu["platform"]!.GetValue<string>(), gpu["driver"]!.GetValue<string>()));
        string text = CliRun.Of("devices").Out;
        Assert.Contains(facts.Name, text, StringComparison.Ordinal);
        Assert.Contains(facts.Features, text, StringComparison.Ordinal);
    }

    [GpuFact]
    public void EvalCountsTheSameImagesAndSaysWhereAndWhatItMoved()
    {
        string[] command = ["eval", "--json", "--weights", AttackFolder.Weights, "--data", "digits", "--count", "20"];
        JsonObject here = CliRun.Of(command).Json;
        CliRun run = CliRun.Of([.. command, "--device", AnyGpu.Name]);
        Assert.Equal(here["correct"]!.GetValue<int>(), run.Json["correct"]!.GetValue<int>());
        Assert.StartsWith($"{AnyGpu.Name} (", run.Json["device"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains($"note: device: {AnyGpu.Name} (", run.Error, StringComparison.Ordinal);
        Assert.True(run.Json["transfers"]!["downloads"]!.GetValue<long>() > 0);
    }

    [GpuFact]
    public void AnAttackWritesItsFolderAndResumesToTheSameNumbers()
    {
        string[] command =
        [
            "attack", "pgd", "--weights", AttackFolder.Weights, "--data", "digits", "--count", "6", "--steps", "5", "--device", AnyGpu.Name,
            "--out", folder["run"],
        ];
        CliRun first = CliRun.Of(command);
        Assert.True(first.Code == 0, first.Error);
        string results = File.ReadAllText(Path.Combine(folder["run"], "results.jsonl"));
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "manifest.json")))!;
        Assert.Contains(AnyGpu.Device.Facts.Name, manifest["device"]!.GetValue<string>(), StringComparison.Ordinal);
        JsonNode summary = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "summary.json")))!;
        Assert.True(summary["transfers"]!["uploads"]!.GetValue<long>() > 0);
        CliRun again = CliRun.Of([.. command, "--resume"]);
        Assert.True(again.Code == 0, again.Error);
        Assert.Equal(results, File.ReadAllText(Path.Combine(folder["run"], "results.jsonl")));
    }

    [GpuFact]
    public void TensorCoresAreRefusedWhereThereAreNone()
    {
        if (AnyGpu.Device.Facts.HasTensorCores) return;
        CliRun run = CliRun.Of("eval", "--weights", AttackFolder.Weights, "--data", "digits",
            "--count", "1", "--device", AnyGpu.Name, "--precision", "tf32");
        Assert.Equal(4, run.Code);
        Assert.Contains("has no tensor cores, which only CUDA offers. Use --precision f32.", run.Error, StringComparison.Ordinal);
    }

    [GpuFact]
    public void AProcessorMustBeNamedToBeUsed()
    {
        if (GpuDevices.All.Any(facts => facts.IsGpu)) return;
        CliRun.Of("devices", "--device", "gpu").AssertFails(4, "is a processor", "must be named", "--device cpu");
        CliRun auto = CliRun.Of("devices", "--device", "auto");
        Assert.Equal(0, auto.Code);
        Assert.StartsWith("note: device: cpu (", auto.Error, StringComparison.Ordinal);
        Assert.Contains("must be named", auto.Error, StringComparison.Ordinal);
    }
}
