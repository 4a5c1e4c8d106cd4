using System.Text.Json.Nodes;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>evaluate</c> with threats and no attacks runs a suite for each, says what to believe, and can be cut into parts.</summary>
public sealed class EvaluateSuiteTests(EvaluateSuiteTests.WholeRun wholeRun) : IClassFixture<EvaluateSuiteTests.WholeRun>, IDisposable
{
    private const int Count = 10;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachThreatHasItsNumber_AndTheUnionIsNoneOfThem()
    {
        (JsonObject result, AttackFolder left) = (wholeRun.Result, wholeRun.Left);
        JsonNode[] threats = [.. result["threats"]!.AsArray().Select(t => t!)];
        Assert.Equal(["linf:0.06", "spatial:12deg,1px"], threats.Select(t => t["threat"]!.GetValue<string>()));
        Assert.Equal(["apgd", "apgd-t", "fab:targets=9", "square"],
            threats[0]["attacks"]!.AsArray().Select(a => a!["name"]!.GetValue<string>()));
        (int clean, int union) = (Right(result["clean"]!), Right(result["union"]!));
        int[] robust = [.. threats.Select(t => Right(t["robust"]!))];
        Assert.InRange(clean, Count - 2, Count);
        Assert.All(robust, r => Assert.InRange(r, 1, clean - 1));
        Assert.InRange(union, 0, robust.Min());

        // Once more from the lines: what no attack broke is right.
        JsonNode[] rows = [.. left.Lines];
        bool Stands(JsonNode row, int t) => row["label"]!.GetValue<int>() == row["prediction"]!.GetValue<int>()
            && row["fates"]![t]!["broken_by"] is null;
        Assert.Equal((robust[0], robust[1]), (rows.Count(row => Stands(row, 0)), rows.Count(row => Stands(row, 1))));
        Assert.Equal(union, rows.Count(row => Stands(row, 0) && Stands(row, 1)));
        foreach (JsonNode threat in threats)
        {
            int tried = clean;
            foreach (JsonNode? attack in threat["attacks"]!.AsArray())
            {
                Assert.Equal(tried, attack!["tried"]!.GetValue<int>());
                tried -= attack["broken"]!.GetValue<int>();
            }
            Assert.Equal(Right(threat["robust"]!), tried);
            Assert.NotEmpty(threat["checks"]!.AsArray());
        }
        Assert.Contains("AutoAttack-style", File.ReadAllText(left["report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void L1_UnionsAndMeansOfLooks_HaveSuitesAndChecksToo()
    {
        string[] command = ["evaluate", "--weights", AttackFolder.Weights, "--count", "2", "--json"];
        JsonObject result = CliRun.Of([.. command, "--threat", "l1:12", "--threat", "linf:0.1+l2:1.5", "--out", folder["balls"]]).Json;
        JsonNode[] threats = [.. result["threats"]!.AsArray().Select(t => t!)];
        string[] Names(int t) => [.. threats[t]["attacks"]!.AsArray().Select(a => a!["name"]!.GetValue<string>())];
        Assert.Contains("fab:targets=9", Names(0));
        Assert.Equal(["msd", "apgd:threat=linf:0.1", "fab:targets=9,threat=l2:1.5"], [Names(1)[0], Names(1)[1], Names(1)[7]]);
        Assert.Contains(threats[0]["checks"]!.AsArray(), check => check!["name"]!.GetValue<string>() == "more steps");
        Assert.DoesNotContain(threats[0]["checks"]!.AsArray(), check => check!["name"]!.GetValue<string>() == "Square beside slopes");

        CliRun rand = CliRun.Of([.. command, "--threat", "linf:0.1", "--threat", "l1:12", "--version", "rand", "--out", folder["rand"]]);
        Assert.Contains("--version says nothing about l1:12", rand.Error, StringComparison.Ordinal);
        Assert.Equal(20, rand.Json["looks"]!.GetValue<int>());
        Assert.Equal(0, rand.Json["threats"]![0]!["gradients"]!.GetValue<int>() % 20);
        Assert.Contains("the mean of 20 looks", rand.Json["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--shard 4/3", "\"4/3\" is no part", "write 0/8")]
    [InlineData("--shard 1/11", "11 parts of 10 examples", "Take at most 10")]
    [InlineData("--threat linf:0.06", "linf:0.06 is named twice", "once")]
    [InlineData("--threat l0:4", "no suite of attacks for l0:4", "--attack")]
    [InlineData("--attack pgd", "--attack and a suite of attacks exclude each other", "Leave out --attack")]
    public void WhatCannotBe_IsOneLine(string more, string what, string advice)
    {
        CliRun run = CliRun.Of([.. Command("none"), .. more.Split(' ')]);
        run.AssertFails(2, what, advice);
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Fact]
    public void ASuiteWithoutAThreat_AsksForOne() =>
        CliRun.Of("evaluate", "--weights", AttackFolder.Weights, "--version", "plus", "--out", folder["none"])
            .AssertFails(2, "a suite of attacks needs a threat", "--threat linf:8/255");

    private static int Right(JsonNode count) => count["right"]!.GetValue<int>();

    private string[] Command(string name) => Command(folder, name);

    private static string[] Command(ScratchFolder folder, string name) =>
    [
        "evaluate", "--weights", AttackFolder.Weights, "--threat", "linf:0.06", "--threat", "spatial:12deg,1px", "--union",
        "--count", $"{Count}", "--seed", "3", "--out", folder[name],
    ];

    /// <summary>All images in one run with its checks, made once.</summary>
    public sealed class WholeRun : IDisposable
    {
        private readonly ScratchFolder folder = new();

        public WholeRun()
        {
            Result = CliRun.Of([.. Command(folder, "whole"), "--json"]).Json;
            Left = new(folder["whole"]);
        }

        public JsonObject Result { get; }

        internal AttackFolder Left { get; }

        public void Dispose() => folder.Dispose();
    }
}
