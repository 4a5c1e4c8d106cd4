using System.Text.Json.Nodes;
using MiniGrad.Lab.Sweeps;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>A sweep from its grid to merged runs, and everything that does not fit refused in one line.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private string Sweep => folder["s1"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FromPlanToMerge_ItIsTheRunsByThemselves()
    {
        JsonObject plan = CliRun.Of("sweep", "plan", Grid(), "--out", Sweep, "--json").Json;
        Assert.Equal((3, 3, 9), (Whole(plan, "cells"), Whole(plan, "added"), Whole(plan, "shards")));
        CliRun none = CliRun.Of("sweep", "merge", Sweep);
        Assert.Equal(6, none.Code);
        Assert.Contains("missing shards 0, 1, 2", none.Out, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("sweep", "submit", Sweep, "--engine", "slurm", "--shards-per-task", "2").Code);
        SweepCell[] cells = SweepPlan.Read(Sweep).Cells;
        Assert.Equal(["lenet5-digits.fgsm.digits.s0", "lenet5-digits.fgsm.digits.s1", "lenet5-digits.pgd.digits.s0"],
            cells.Select(cell => cell.Name[..^5]));

        // A task of the submission, twice, then all the rest.
        Assert.Equal(2, Whole(CliRun.Of("sweep", "run", Sweep, "--job", "1", "--task", "1", "--json") with { Error = "" }, "done"));
        Assert.Equal(2, Whole(CliRun.Of("sweep", "run", Sweep, "--job", "1", "--task", "1", "--json") with { Error = "" }, "were_done"));
        CliRun partly = CliRun.Of("sweep", "status", Sweep);
        Assert.Equal(6, partly.Code);
        Assert.Contains("2 of 9 shards are done", partly.Out, StringComparison.Ordinal);
        Assert.Equal(7, Whole(CliRun.Of("sweep", "run", Sweep, "--json") with { Error = "" }, "done"));
        CliRun.Of("sweep", "run", Sweep, "--job", "1", "--task", "9").AssertFails(2, "tasks 0 to 4");
        Assert.Equal(0, CliRun.Of("sweep", "merge", Sweep).Code);
        Assert.Equal(0, CliRun.Of("sweep", "status", Sweep, "--page", folder["page.html"]).Code);
        string page = File.ReadAllText(folder["page.html"]);
        foreach (SweepCell cell in cells)
        {
            Assert.Contains(cell.Name, page, StringComparison.Ordinal);
            Assert.Equal(0, CliRun.Of([.. cell.Words, "--out", folder[cell.Name]]).Code);
            string merged = SweepPlan.FolderOf(Sweep, cell);
            foreach (string name in (string[])["results.jsonl", "tensors.safetensors", "images.png"])
            {
                Assert.Equal(File.ReadAllBytes(Path.Combine(folder[cell.Name], name)), File.ReadAllBytes(Path.Combine(merged, name)));
            }
        }
        Assert.Contains("robust accuracy", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongerGrid_AddsCellsAndChangesNone()
    {
        Assert.Equal(0, CliRun.Of("sweep", "plan", Grid(), "--out", Sweep).Code);
        string[] before = [.. SweepPlan.Read(Sweep).Cells.Select(cell => cell.Name)];
        JsonObject longer = CliRun.Of("sweep", "plan", Grid(seeds: "0, 1, 2"), "--out", Sweep, "--json").Json;
        Assert.Equal((5, 2), (Whole(longer, "cells"), Whole(longer, "added")));
        Assert.Equal(before, SweepPlan.Read(Sweep).Cells[..3].Select(cell => cell.Name));
        CliRun.Of("sweep", "plan", Grid(shard: 5), "--out", Sweep).AssertFails(2, "holds another plan", "shard_size is 3 there and 5 here");
    }

    [Fact]
    public void WhatChangedSinceThePlan_IsFoundBeforeTheWork()
    {
        string weights = CountingNetwork.Write(folder["own.safetensors"]);
        Assert.Equal(0, CliRun.Of("sweep", "plan", Grid(weights), "--out", Sweep).Code);
        File.WriteAllBytes(weights, [.. File.ReadAllBytes(weights), 0]);
        CliRun.Of("sweep", "run", Sweep).AssertFails(3, "own.safetensors changed since the plan was made");
        File.Delete(weights);
        CliRun.Of("sweep", "run", Sweep).AssertFails(3, "own.safetensors");

        string plan = Path.Combine(Sweep, "plan.json");
        string text = File.ReadAllText(plan);
        JsonObject json = JsonNode.Parse(text)!.AsObject();
        json["version"] = "0.1.0+other";
        File.WriteAllText(plan, json.ToJsonString());
        CliRun.Of("sweep", "run", Sweep).AssertFails(2, "0.1.0+other", "results of two programs do not mix");
        json["simd_bits"] = 1024;
        File.WriteAllText(plan, json.ToJsonString());
        CliRun.Of("sweep", "run", Sweep).AssertFails(4, "vectors of 1024 bits", "--simd");
        File.WriteAllText(plan, text[..40]);
        CliRun.Of("sweep", "status", Sweep).AssertFails(3, "no plan of a sweep");
    }

    [Fact]
    public void AShardThatFails_IsShownWithItsReason()
    {
        Assert.Equal(0, CliRun.Of("sweep", "plan", Grid(attack: "{\"name\": \"pgd\", \"epsilon\": -1}"), "--out", Sweep).Code);
        CliRun run = CliRun.Of("sweep", "run", Sweep);
        Assert.Equal(2, run.Code);
        CliRun status = CliRun.Of("sweep", "status", Sweep);
        Assert.Equal(6, status.Code);
        Assert.Contains("radius", status.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"grid\": ", "is not JSON: line 1")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{ \"count\": 4 }", "\"grid\" is missing")]
    [InlineData("{ \"grid\": { \"attack\": \"pgd\" }, \"count\": 4 }", "\"attack\" of the grid is not a list")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"weights\": \"lenet5-digits\", \"data\": \"digits\" }", "\"count\" is missing")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"count\": 0 }", "\"count\" is 0")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"count\": 4 }", "no \"weights\"")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"count\": 4, \"weights\": \"lenet5-digits\" }", "no \"data\"")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"], \"probe\": [\"star\"] }, \"count\": 4 }", "of attacks or of probes")]
    [InlineData("{ \"grid\": { \"probe\": [\"star\"] }, \"count\": 4 }", "not cut by images")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"exclude\": [{ \"attack\": \"pgd\" }], \"count\": 4 }", "nothing is left")]
    [InlineData("{ \"grid\": { \"attack\": [\"pgd\"] }, \"count\": 900000, \"shard\": 1 }", "more than 20000", "\"shard\": 45")]
    public void AGridThatIsNone_IsRefused(string json, params string[] words)
    {
        File.WriteAllText(folder["grid.json"], json);
        CliRun.Of("sweep", "plan", folder["grid.json"], "--out", Sweep).AssertFails(2, words);
        Assert.False(Directory.Exists(Sweep));
    }

    [Fact]
    public void AFolderWithoutAPlan_SaysSoOnEveryCommand()
    {
        foreach (string command in (string[])["run", "status", "merge"])
        {
            CliRun.Of("sweep", command, folder["nothing"]).AssertFails(2, "plan.json", "sweep plan");
        }
        CliRun.Of("sweep", "submit", folder["nothing"], "--engine", "local").AssertFails(2, "plan.json");
        CliRun.Of("sweep", "submit", folder["nothing"]).AssertFails(2, "--engine");
    }

    private static int Whole(JsonObject json, string key) => json[key]!.GetValue<int>();

    private static int Whole(CliRun run, string key) => Whole(run.Json, key);

    private string Grid(
        string weights = "lenet5-digits", string seeds = "0, 1", int shard = 3,
        string attack = "{\"name\": \"pgd\", \"steps\": 2, \"epsilon\": 0.1}")
    {
        string path = folder["grid.json"];
        File.WriteAllText(path, $$"""
            { // Comments and commas at ends are allowed.
              "grid": { "weights": ["{{weights}}"], "attack": [{"name": "fgsm", "epsilon": 0.1}, {{attack}}], "data": ["digits"],
                        "seed": [{{seeds}}] },
              "exclude": [{ "attack": "pgd", "seed": 1 }],
              "count": 7, "shard": {{shard}}, }
            """);
        return path;
    }
}
