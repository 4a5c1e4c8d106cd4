using System.Text.Json.Nodes;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>A run that was cancelled or killed goes on to the same bytes as one that was not, and only with what it began with.</summary>
public sealed class AttackResumeTests : IDisposable
{
    private const int Count = 20;

    private static readonly string[] Compared = ["results.jsonl", "tensors.safetensors", "report.html", "images.png"];

    private readonly ScratchFolder folder = new();
    private readonly string weights;

    public AttackResumeTests() => weights = CountingNetwork.Write(folder["weights.safetensors"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("fgsm", "--epsilon 0.1 --restarts 2")]
    [InlineData("pgd", "--epsilon 0.1 --steps 12 --restarts 3 --stop-at-success true")]
    [InlineData("deepfool", "--norm linf")]
    [InlineData("lst", "--iterations 30")]
    [InlineData("nspgd", "--iterations 30 --certify-spacing 0.5")]
    [InlineData("nspgd", "--iterations 15 --certify-spacing 0.5 --start-at logit-space:iterations=15,from=target")]
    [InlineData("logit-space", "--iterations 30")]
    public void ACancelledRun_GoesOnToTheSameBytes(string attack, string options)
    {
        string[] command = Command(attack, options, "run");
        int passes = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of(command).Code));
        Directory.Move(folder["run"], folder["whole"]);
        string[] whole = new AttackFolder(folder["whole"]).Texts;
        int stops = 0;
        foreach (double part in (double[])[0.45, 0.6, 0.8])
        {
            Delete("run");
            CliRun run = Stopped((int)(part * passes), command);
            if (run.Code == 0) continue;
            stops++;
            string[] kept = AssertStopped(run, $"{string.Join(' ', command)} --resume");
            // Once more, so that parts of several beginnings lie side by side, then to the end in other chunks on one thread.
            string[] second = [.. Command(attack, options, "run", 3), "--resume"];
            CliRun again = Stopped((int)(0.2 * passes), second);
            if (again.Code != 0) Assert.Equal(kept, AssertStopped(again, string.Join(' ', second))[..kept.Length]);
            Assert.Equal(0, CliRun.Of([.. Command(attack, options, "run", 5), "--resume", "--threads", "1"]).Code);
            AssertSame("run");
            Assert.Empty(kept.Except(whole));
        }
        Assert.InRange(stops, 1, 3);
    }

    [Fact]
    public void AKilledRun_GoesOnToTheSameBytes()
    {
        const string options = "--iterations 30 --step-size 0.02";
        string[] command = Command("nspgd", options, "run");
        int passes = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of(command).Code));
        Directory.Move(folder["run"], folder["whole"]);

        // A copy of the folder in the middle of the run is what a killed process leaves.
        using CancellationTokenSource stop = new();
        CountingNetwork.During(() => CliRun.Of(stop.Token, command), pass =>
        {
            if (pass != passes / 2) return;
            Copy(folder["run"], folder["killed"]);
            stop.Cancel();
        });
        string lines = Path.Combine(folder["killed"], "results.jsonl");
        string[] kept = File.ReadAllLines(lines);
        Assert.InRange(kept.Length, 1, Count - 1);
        // A part whose lines were not all written, a line without its part, a line and a part that are torn.
        string homeless = kept[0].Replace($"\"index\":{Index(kept[0])}", $"\"index\":{Count - 1}", StringComparison.Ordinal);
        File.WriteAllText(lines, string.Join('\n', [.. kept[..^1], homeless, "{\"schema\":1,\"index\":7,\"sta"]));
        File.WriteAllText(Path.Combine(folder["killed"], ".tmp-part"), "half of a part");
        Assert.Equal(0, CliRun.Of([.. Command("nspgd", options, "killed", 7), "--resume"]).Code);
        AssertSame("killed");
    }

    [Fact]
    public void FinishedExamples_AreNotSearchedAgain()
    {
        string[] command = Command("lst", "--iterations 30", "run");
        int passes = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of(command).Code));
        Delete("run");
        AssertStopped(Stopped(passes / 2, command), $"{string.Join(' ', command)} --resume");
        string lines = Path.Combine(folder["run"], "results.jsonl");
        string[] kept = File.ReadAllLines(lines);
        JsonObject first = JsonNode.Parse(kept[0])!.AsObject();
        first["forwards"] = 123_456;
        File.WriteAllLines(lines, [first.ToJsonString(), .. kept[1..]]);
        Assert.Equal(0, CliRun.Of([.. command, "--resume"]).Code);
        JsonObject line = Assert.Single(new AttackFolder(folder["run"]).Lines, line => line["forwards"]!.GetValue<int>() == 123_456);
        Assert.Equal(Index(kept[0]), line["index"]!.GetValue<int>());
    }

    [Fact]
    public void ARunThatLostItsSummary_IsMadeAgain()
    {
        string[] command = Command("fgsm", "--epsilon 0.05", "run");
        Assert.Equal(0, CliRun.Of(command).Code);
        Copy(folder["run"], folder["whole"]);
        File.Delete(Path.Combine(folder["run"], "summary.json"));
        Assert.Equal(0, CliRun.Of([.. command, "--resume"]).Code);
        AssertSame("run");
    }

    [Fact]
    public void AnotherRun_IsRefused()
    {
        string[] command = Command("fgsm", "--epsilon 0.05", "run");
        JsonObject answer = CliRun.Of([.. command, "--json"]).Json;
        byte[][] before = [.. Compared.Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name)))];
        CliRun.Of(command).AssertFails(2, "holds a run of", "Add --resume");
        CliRun.Of([.. Command("fgsm", "--epsilon 0.06", "run"), "--resume"]).AssertFails(2, "attack is", "0.05", "0.06", "--out");
        CliRun.Of([.. command, "--resume", "--precision", "f64"]).AssertFails(2, "precision is f32 there and f64 here");
        CliRun.Of([.. command, "--resume", "--seed", "1"]).AssertFails(2, "seed is 0 there and 1 here");
        CliRun.Of([.. command, "--resume", "--target-class", "1"]).AssertFails(2, "target_class is nothing there and 1 here");
        CliRun.Of([.. Command("pgd", "--epsilon 0.05", "run"), "--resume"]).AssertFails(2, "attack is", "Pgd");
        CliRun.Of("train", "lenet5-digits", "--count", "10", "--out", folder["run"], "--resume").AssertFails(2, "differs");
        CliRun.Of("demo", "--out", folder["run"]).AssertFails(2, "another run", "--out");
        Assert.Equal(before, Compared.Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name))));

        CliRun again = CliRun.Of([.. command, "--resume", "--json"]);
        Assert.Equal(0, again.Code);
        Assert.Contains("complete already", again.Error, StringComparison.Ordinal);
        Assert.Equal(answer.ToJsonString(), JsonNode.Parse(again.Out)!.ToJsonString());
    }

    private string[] Command(string attack, string options, string name, int chunk = 4) =>
        [
            "attack", attack, "--weights", weights, "--data", "digits", "--count", $"{Count}", .. options.Split(' '),
            "--chunk-size", $"{chunk}", "--out", folder[name],
        ];

    /// <summary>Runs until a pass of the network, then cancels.</summary>
    private static CliRun Stopped(int passes, string[] command)
    {
        using CancellationTokenSource stop = new();
        CliRun? run = null;
        CountingNetwork.During(() => run = CliRun.Of(stop.Token, command), pass =>
        {
            if (pass == passes) stop.Cancel();
        });
        return run!;
    }

    /// <summary>The run was cancelled and says so, and how to go on; its finished examples are the lines that are returned.</summary>
    private string[] AssertStopped(CliRun run, string next)
    {
        Assert.Equal(130, run.Code);
        string[] kept = new AttackFolder(folder["run"]).Texts;
        string message = Assert.Single(run.Problem.Split('\n'));
        Assert.Contains($"stopped with {kept.Length} of {Count} examples finished", message, StringComparison.Ordinal);
        Assert.EndsWith($"Go on with: minigrad {next}", message, StringComparison.Ordinal);
        Assert.InRange(kept.Length, 1, Count - 1);
        Assert.False(File.Exists(Path.Combine(folder["run"], "summary.json")));
        return kept;
    }

    private void Delete(string name)
    {
        if (Directory.Exists(folder[name])) Directory.Delete(folder[name], recursive: true);
    }

    /// <summary>A file that another may be writing.</summary>
    private static byte[] Read(string path)
    {
        if (!File.Exists(path)) return [];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string name in Directory.GetFiles(from).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.'))
        {
            File.WriteAllBytes(Path.Combine(to, name), Read(Path.Combine(from, name)));
        }
    }

    private static int Index(string line) => JsonNode.Parse(line)!["index"]!.GetValue<int>();

    private void AssertSame(string name)
    {
        Assert.Equal(new AttackFolder(folder["whole"]).Names, new AttackFolder(folder[name]).Names);
        foreach (string file in Compared)
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(folder["whole"], file)).SequenceEqual(File.ReadAllBytes(Path.Combine(folder[name], file))),
                file);
        }
    }
}
