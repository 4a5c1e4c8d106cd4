using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Probes;
using Xunit;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>A run that was cancelled or killed goes on to the same bytes as one that was not, and only with what it began with.</summary>
public sealed class ProbeCurvatureResumeTests : IDisposable
{
    private const int Count = 4;

    private static readonly string[] Compared = ["results.jsonl", "tensors.safetensors", "summary.json", "report.html"];

    private readonly CurvatureFolder folder = new();
    private readonly string weights;
    private readonly string others;

    public ProbeCurvatureResumeTests()
    {
        weights = QuickNetwork.Write(folder["tanh.safetensors"]);
        Classifier classifier = QuickNetwork.Read(weights);
        others = $"--competitors {CurvatureFolder.Others(classifier, [.. Enumerable.Range(0, Count)])[0]}";
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--samples 5 --lanczos 2 --lanczos-steps 6", false)]
    [InlineData("--full --orientation current-minus-other", true)]
    [InlineData("--at boundary --full", true)]
    [InlineData("--at boundary --samples 4 --lanczos 1 --lanczos-steps 3 --orientation current-minus-other", true)]
    public void AStoppedOrKilledRun_GoesOnToTheSameBytes(string options, bool hasParts)
    {
        string[] command = folder.Command(weights, "run", $"--count {Count} {others} {options}");
        Assert.Equal(0, CliRun.Of(command).Code);
        Directory.Move(folder["run"], folder["whole"]);

        // Stopped when two images are finished, in the middle of the third; a copy from then is what a killed process leaves.
        CliRun stopped = StoppedAfter(2, command, copy: folder["killed"]);
        Assert.Equal(130, stopped.Code);
        Assert.EndsWith($"stopped with 3 of {Count} images finished, all kept in {folder["run"]}. Go on with: "
            + $"minigrad {string.Join(' ', command)} --resume",
            Assert.Single(stopped.Problem.Split('\n')), StringComparison.Ordinal);
        Assert.Equal(hasParts ? 3 : 0, Parts("run"));
        Assert.False(File.Exists(Path.Combine(folder["run"], "summary.json")));

        string lines = Path.Combine(folder["killed"], "results.jsonl");
        Assert.Equal(2, File.ReadAllLines(lines).Length);
        // The third image's line is torn; where spectra are kept, the first image's line has lost its part.
        File.AppendAllText(lines, "{\"schema\":1,\"index\":2,\"data_in");
        if (hasParts) File.Delete(Path.Combine(folder["killed"], "part-00000000.safetensors"));
        foreach (string name in (string[])["run", "killed"])
        {
            string[] again = [.. folder.Command(weights, name, $"--count {Count} {others} {options}"), "--resume", "--threads", "1"];
            Assert.Equal(0, CliRun.Of(again).Code);
            AssertSame(name);
        }
    }

    [Fact]
    public async Task AProcessThatIsKilled_GoesOnToTheSameBytes()
    {
        string[] command = folder.Command(weights, "run", $"--count {Count} --full {others}");
        Assert.Equal(0, CliRun.Of(command).Code);
        Directory.Move(folder["run"], folder["whole"]);

        // On a busy machine the child may be done before it can be killed: then it is tried again.
        int code = 0;
        for (int tries = 0; code == 0 && tries < 10; tries++)
        {
            if (Directory.Exists(folder["run"])) Directory.Delete(folder["run"], recursive: true);
            code = await KilledAfterTheFirstLine(command);
        }
        Assert.NotEqual(0, code);
        Assert.InRange(Parts("run"), 1, Count);
        Assert.False(File.Exists(Path.Combine(folder["run"], "summary.json")));
        Assert.Equal(0, CliRun.Of([.. command, "--resume"]).Code);
        AssertSame("run");
    }

    /// <summary>Runs a command in a process of its own and kills it once it has written a line; returns its exit code.</summary>
    private async Task<int> KilledAfterTheFirstLine(string[] command)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        ProcessStartInfo start =
            new(host, [typeof(QuickNetwork).Assembly.Location, QuickNetwork.Command, .. command]) { RedirectStandardError = true };
        using Process child = Process.Start(start)!;
        string lines = Path.Combine(folder["run"], "results.jsonl");
        while (!child.HasExited && Length(lines) == 0) await Task.Delay(1);
        child.Kill();
        await child.WaitForExitAsync();
        Assert.DoesNotContain("minigrad: ", await child.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        return child.ExitCode;
    }

    [Fact]
    public void FinishedImages_AreNotMeasuredAgain()
    {
        string[] command = folder.Command(weights, "run", $"--count {Count} --samples 3");
        StoppedAfter(1, command);
        string lines = Path.Combine(folder["run"], "results.jsonl");
        string[] kept = File.ReadAllLines(lines);
        JsonObject first = JsonNode.Parse(kept[0])!.AsObject();
        first["gradient_norm"]![4] = 123.5;
        File.WriteAllLines(lines, [first.ToJsonString(), .. kept[1..]]);
        Assert.Equal(0, CliRun.Of([.. command, "--resume"]).Code);
        AttackFolder run = new(folder["run"]);
        Assert.Equal(123.5, run.Tensor("gradient_norm").ToArray<double>()[4]);
        Assert.Equal(Enumerable.Range(0, Count), run.Lines.Select(line => line["index"]!.GetValue<int>()));
    }

    [Fact]
    public void LinesThatAreNone_AreNamed()
    {
        string[] command = folder.Command(weights, "run", $"--count {Count} --samples 3 --lanczos 1 --lanczos-steps 2");
        StoppedAfter(2, command);
        string lines = Path.Combine(folder["run"], "results.jsonl");
        JsonObject good = JsonNode.Parse(File.ReadAllLines(lines)[0])!.AsObject();
        foreach (Action<JsonObject> damage in (Action<JsonObject>[])
            [
                line => line["index"] = Count, line => line["index"] = -1, line => line["label"] = "3", line => line.Remove("margin"),
                line => line["average"] = 3, line => line["extremes"]!.AsArray().RemoveAt(8), line => line["sum"]!.AsArray().RemoveAt(8),
            ])
        {
            JsonObject bad = good.DeepClone().AsObject();
            damage(bad);
            File.WriteAllLines(lines, [bad.ToJsonString()]);
            CliRun.Of([.. command, "--resume"]).AssertFails(3, "results.jsonl", "Start a new run");
        }
    }

    [Fact]
    public void AnotherRun_IsRefused()
    {
        string[] command = folder.Command(weights, "run", "--count 2 --samples 3");
        JsonObject answer = CliRun.Of([.. command, "--json"]).Json;
        byte[][] before = [.. Compared.Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name)))];
        void Refused(string options, params string[] words) =>
            CliRun.Of([.. folder.Command(weights, "run", options), "--resume"]).AssertFails(2, words);
        CliRun.Of(command).AssertFails(2, "holds a run of", "Add --resume");
        Refused("--count 2 --samples 3 --seed 1", "seed is 0 there and 1 here");
        Refused("--count 2 --samples 4", "average is Hutchinson { Probes = 3 } there");
        Refused("--count 2 --samples 3 --method central", "method is ExactHessian");
        Refused("--count 2 --samples 3 --method central --step 0.2", "method is ExactHessian");
        Refused("--count 2 --full", "full is false there and true here");
        Refused("--count 2 --samples 3 --lanczos 2", "extremes is nothing there");
        Refused("--count 2 --samples 3 --softplus 10", "activation is nothing there and softplus(10) here");
        Refused("--count 2 --samples 3 --at boundary", "at is image there and boundary here");
        Refused("--count 2 --samples 3 --orientation current-minus-other", "sign is 1 there and -1 here");
        Refused($"--count 2 --samples 3 {others}", "competitors is nothing there");
        Refused("--count 3 --samples 3", "indices is [0,1] there and [0,1,2] here");
        Refused("--count 2 --samples 3 --precision f32", "precision is f64 there and f32 here");
        Refused("--count 2 --samples 3 --mean 0.1 --std 1", "mean is [0] there and [0.1] here");
        Assert.Equal(before, Compared.Select(name => File.ReadAllBytes(Path.Combine(folder["run"], name))));

        File.WriteAllText(Path.Combine(folder["run"], "part-00000001.safetensors"), "left by a process that was killed at the end");
        CliRun again = CliRun.Of([.. command, "--resume", "--json"]);
        Assert.Equal($"note: {folder["run"]} is complete already.\n", again.Error);
        Assert.Equal(answer.ToJsonString(), JsonNode.Parse(again.Out)!.ToJsonString());
        Assert.Equal(0, Parts("run"));
    }

    /// <summary>
    /// Runs until so many lines are written and the next image is begun, then copies the folder if asked to, and cancels.
    /// </summary>
    private CliRun StoppedAfter(int images, string[] command, string? copy = null)
    {
        string lines = Path.Combine(folder["run"], "results.jsonl");
        using CancellationTokenSource stop = new();
        CliRun? run = null;
        CountingNetwork.During(() => run = CliRun.Of(stop.Token, command), _ =>
        {
            if (stop.IsCancellationRequested || Length(lines) == 0 || Lines(lines) < images) return;
            if (copy is not null) Copy(folder["run"], copy);
            stop.Cancel();
        });
        return run!;
    }

    private int Parts(string name) => Directory.GetFiles(folder[name], "part-*").Length;

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static int Lines(string path) => Read(path).Count(b => b == '\n');

    /// <summary>A file that another may be writing.</summary>
    private static byte[] Read(string path)
    {
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
