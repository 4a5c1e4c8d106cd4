using System.Text.Json.Nodes;
using MiniGrad.Probes;
using MiniGrad.Tests.Docs;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>A probe of one's own is one record and one row, and gets a command, a run folder and the way to go on with it.</summary>
public sealed class OwnProbeTests : IDisposable
{
    private const string Name = "test-loss-slope";

    private readonly ScratchFolder folder = new();

    public OwnProbeTests() => ProbeCatalog.Add(new(Name, typeof(LossSlope), "how steep the loss is at images", "-"));

    public void Dispose()
    {
        ProbeCatalog.Remove(Name);
        folder.Dispose();
    }

    [Fact]
    public void IsRunWithItsSettings_AndGoesOnToTheSameBytes()
    {
        string[] command =
        [
            "probe", Name, "--weights", AttackFolder.Weights, "--data", "digits", "--count", "6", "--temperature", "2",
            "--out", folder["run"],
        ];
        CliRun run = CliRun.Of(command);
        Assert.Equal((0, ""), (run.Code, run.Problem));
        AttackFolder left = new(folder["run"]);
        Assert.Equal(["manifest.json", "report.html", "results.jsonl", "summary.json"], left.Names);
        left.Page();
        JsonObject[] lines = left.Lines;
        Assert.Equal(6, lines.Length);
        Assert.Equal(["schema", "index", "data_index", "label", "loss", "slope"], lines[0].Select(pair => pair.Key));
        Assert.Equal(lines.Average(line => line["loss"]!.GetValue<double>()), left.Summary["loss_mean"]!.GetValue<double>(), 1e-12);
        Assert.Equal("LossSlope { Temperature = 2 }", left.Summary["configuration"]!.GetValue<string>());

        // What a killed process leaves: no summary, a few lines, the last one torn.
        byte[] whole = File.ReadAllBytes(left["results.jsonl"]);
        string[] texts = left.Texts;
        File.Delete(left["summary.json"]);
        File.WriteAllText(left["results.jsonl"], $"{texts[2]}\n{texts[0]}\n{texts[1][..20]}");
        Assert.Equal(0, CliRun.Of([.. command, "--resume"]).Code);
        Assert.Equal(whole, File.ReadAllBytes(left["results.jsonl"]));
        CliRun.Of([.. command[..^4], "--out", folder["run"], "--resume"]).AssertFails(2, "configuration is", "Temperature");
    }

    [Fact]
    public void ALineOfSomethingElse_IsRefused()
    {
        string[] command = ["probe", Name, "--weights", AttackFolder.Weights, "--data", "digits", "--count", "2", "--out", folder["run"]];
        Assert.Equal(0, CliRun.Of(command).Code);
        File.Delete(Path.Combine(folder["run"], "summary.json"));
        File.WriteAllText(Path.Combine(folder["run"], "results.jsonl"), "{\"schema\":1,\"index\":0,\"data_index\":0,\"label\":3}\n");
        CliRun.Of([.. command, "--resume"]).AssertFails(3, "a line is not what the probe found at an image");
    }
}
