using MiniGrad.Lab.Runs;
using MiniGrad.Tests.Cli.Probing;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Shards, wherever and how often they are done, merge to the bytes of a run that was never cut.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public static TheoryData<string> Attacks => [.. AttackFolder.Attacks.Select(entry => entry.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Attacks))]
    public void EveryAttack(string name) => AssertMerges(
        Shuffled(3), [
            "attack", name, "--weights", AttackFolder.Weights, "--data", "digits", "--count", "7", .. AttackCommandTests.Few(name)]);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void AnyNumberOfShards(int shards) => AssertMerges(Shuffled(shards),
        ["attack", "lst", "--weights", AttackFolder.Weights, "--data", "digits", "--count", "20", "--iterations", "8"]);

    [Theory]
    [InlineData("attack pgd --target random --epsilon 0.1 --steps 3")]
    [InlineData("attack pgd --target least-likely --epsilon 0.1 --steps 3")]
    [InlineData("attack nspgd --pairs grid --iterations 4")]
    [InlineData("evaluate --threat linf:0.06 --check-count 4 --count 8")]
    [InlineData("evaluate --attack fgsm --threat linf:0.1 --clean-count 40 --count 8")]
    [InlineData("probe sphere-width --directions 8 --count 7")]
    [InlineData("probe class-paths --count 60 --pairs 2 --samples 10 --depth 3")]
    [InlineData("probe convexity --count 60 --draws 10 --sizes 2,3")]
    public void OtherChoicesAndCommands(string command) =>
        AssertMerges(Shuffled(3), [.. command.Split(' '), "--weights", AttackFolder.Weights, "--data", "digits"]);

    [Fact]
    public void SpectraOfCurvatureLieInShardsToo() => AssertMerges(Shuffled(3),
        ["probe", "curvature", "--weights", QuickNetwork.Write(folder["quick.safetensors"]), "--data", "digits", "--count", "4", "--full"]);

    [Fact]
    public void AStoppedShard_GoesOnWithWhatItFinished()
    {
        string weights = CountingNetwork.Write(folder["weights.safetensors"]);
        string[] command =
            ["attack", "lst", "--weights", weights, "--data", "digits", "--count", "12", "--iterations", "8", "--chunk-size", "2"];
        string[] second = [.. command, "--out", folder["run"], "--shard", "1/2"];
        int all = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of([.. command, "--out", folder["run"], "--shard", "0/2"]).Code));
        using CancellationTokenSource stop = new();
        CliRun? stopped = null;
        CountingNetwork.During(() => stopped = CliRun.Of(stop.Token, second), pass =>
        {
            if (pass == 3 * all / 4) stop.Cancel();
        });
        Assert.Equal(130, stopped!.Code);
        Assert.DoesNotContain("--resume", stopped.Problem, StringComparison.Ordinal);
        ShardFolder shards = ShardFolder.Read(folder["run"]);
        Assert.InRange(shards.Started(shards.Range(1)), 1, 5);
        int rest = CountingNetwork.During(() => Assert.Equal(0, CliRun.Of(second).Code));
        int again = CountingNetwork.During(() => Assert.Contains("finished already", CliRun.Of(second).Out, StringComparison.Ordinal));
        Assert.True(again < rest && rest < all, $"{again} passes to find a finished shard, {rest} to finish it, {all} for a whole one");
        AssertMerges([], 2, command);
    }

    [Fact]
    public void TwoAttemptsAtOneShard_AreEqualOrAnAlarm()
    {
        string[] command = ["attack", "fgsm", "--weights", AttackFolder.Weights, "--data", "digits", "--count", "6", "--epsilon", "0.1"];
        string[] first = [.. command, "--out", folder["run"], "--shard", "0/2"];
        Assert.Equal(0, CliRun.Of(first).Code);
        string file = Directory.GetFiles(folder["run/shards"]).Single();
        ShardFile honest = ShardFile.Read(file);
        File.Move(file, folder["kept"]);

        // Another machine finished the shard, and found something else.
        ShardFile.Write(file, honest.Range, ShardFolder.Read(folder["run"]).Run,
            honest.Lines.Replace("\"iterations\":1", "\"iterations\":2",
            StringComparison.Ordinal), [], []);
        ShardFolder shards = ShardFolder.Read(folder["run"]);
        Assert.False(shards.IsInConflict(honest.Range));
        string attempt = shards.Begin(honest.Range, []);
        File.WriteAllText(Path.Combine(attempt, "results.jsonl"), honest.Lines);
        Assert.Throws<ShardConflictException>(() => shards.Commit(honest.Range, attempt, DateTime.UtcNow));
        Assert.True(shards.IsInConflict(honest.Range));
        Assert.Equal(0, CliRun.Of([.. command, "--out", folder["run"], "--shard", "1/2"]).Code);
        CliRun merge = CliRun.Of([.. command, "--out", folder["run"], "--merge"]);
        Assert.Equal(1, merge.Code);
        Assert.Contains("two attempts at shard 0/2 disagree", merge.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("a defect", merge.Problem, StringComparison.Ordinal);

        // A person looked and chose; then an equal attempt is no news.
        File.Delete(file + ".conflict");
        File.Move(folder["kept"], file, overwrite: true);
        Assert.Equal(0, CliRun.Of([.. command, "--out", folder["run"], "--merge"]).Code);
    }

    [Fact]
    public void WhatDoesNotFit_IsRefusedInOneLine()
    {
        string[] command = ["attack", "fgsm", "--weights", AttackFolder.Weights, "--data", "digits", "--epsilon", "0.1"];
        string[] six = [.. command, "--count", "6", "--out", folder["run"]];
        CliRun.Of([.. six, "--merge"]).AssertFails(2, "holds no shards", "--shard 0/8");
        CliRun.Of([.. six, "--shard", "2/2"]).AssertFails(2, "counted from 0", "0/8");
        CliRun.Of([.. six, "--shard", "0/7"]).AssertFails(2, "7 parts of 6 examples");
        CliRun.Of([.. six, "--shard", "0/2", "--merge"]).AssertFails(2, "Leave one out");
        CliRun.Of([.. six, "--shard", "0/2", "--resume"]).AssertFails(2, "--resume");
        Assert.Equal(0, CliRun.Of([.. six, "--shard", "0/2"]).Code);
        CliRun.Of([.. six, "--shard", "0/3"]).AssertFails(2, "shards is 2 there and 3 here");
        CliRun.Of([.. six, "--shard", "1/2", "--seed", "4"]).AssertFails(2, "seed is 0 there and 4 here");
        CliRun.Of([.. six, "--merge"]).AssertFails(6, "1 of 2 shards are missing: 1/2");
        Assert.Equal(0, CliRun.Of([.. six, "--shard", "1/2"]).Code);
        CliRun.Of([.. six, "--merge", "--seed", "4"]).AssertFails(2, "seed is 0 there and 4 here");
        CliRun.Of([.. command, "--count", "6", "--out", folder["whole"]]);
        CliRun.Of([.. command, "--count", "6", "--out", folder["whole"], "--shard", "0/2"]).AssertFails(2, "not cut into shards");
        CliRun.Of("probe", "normals", "--weights", AttackFolder.Weights, "--data", "digits", "--shard", "0/2")
            .AssertFails(2, "all images together");

        string file = Directory.GetFiles(folder["run/shards"])[0];
        byte[] bytes = File.ReadAllBytes(file);
        byte[] flipped = [.. bytes];
        flipped[^9] ^= 1;
        File.WriteAllBytes(file, flipped);
        CliRun.Of([.. six, "--merge"]).AssertFails(3, "damaged", "run that shard again");
        File.WriteAllBytes(file, bytes[..^5]);
        CliRun.Of([.. six, "--merge"]).AssertFails(3, "damaged", "run that shard again");
        File.WriteAllBytes(file, bytes);
        Assert.Equal(0, CliRun.Of([.. six, "--merge"]).Code);
    }

    /// <summary>Numbers from 0 on, in an order that is not theirs.</summary>
    private static int[] Shuffled(int shards) => [.. Enumerable.Range(0, shards).OrderBy(k => (7 * k + 3) % 11).ThenBy(k => k)];

    private void AssertMerges(int[] order, string[] command) => AssertMerges(order, order.Length, command);

    /// <summary>Runs shards in an order, merges them, and compares all files with those of the run that was never cut.</summary>
    private void AssertMerges(int[] order, int of, string[] command)
    {
        string[] run = [.. command, "--out", folder["run"]];
        foreach (int k in order)
        {
            CliRun shard = CliRun.Of([.. run, "--shard", $"{k}/{of}"]);
            Assert.True(shard.Code == 0, shard.Error);
        }
        CliRun merge = CliRun.Of([.. run, "--merge"]);
        Assert.True(merge.Code is 0 or 6, merge.Error);
        Directory.Move(folder["run"], folder["merged"]);
        CliRun whole = CliRun.Of(run);
        Assert.Equal((whole.Code, whole.Out), (merge.Code, merge.Out));
        foreach (string file in Directory.GetFiles(folder["run"]))
        {
            string name = Path.GetFileName(file);
            if (name != "manifest.json") Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder["merged"], name)));
        }
        Assert.Empty(Directory.GetDirectories(folder["merged"], ".try"));
    }
}
