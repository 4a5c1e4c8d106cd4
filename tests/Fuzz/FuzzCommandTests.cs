using System.Text.Json.Nodes;
using MiniGrad.Tests.Cli;
using Xunit;

namespace MiniGrad.Tests.Fuzz;

/// <summary>The command over one reader: its result, its repetition of one case, and wrong usage.</summary>
public sealed class FuzzCommandTests
{
    [Fact]
    public void FuzzesOneReader()
    {
        CliRun run = CliRun.Of("fuzz", "--target", "idx", "--seconds", "0.3", "--seed", "5", "--json");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("note: fuzz: seed 5; should the process die, the input that did it is in ", run.Error, StringComparison.Ordinal);
        JsonNode result = JsonNode.Parse(run.Out)!;
        Assert.True((bool)result["passed"]!);
        Assert.Equal(5, (long)result["seed"]!);
        JsonNode target = Assert.Single(result["targets"]!.AsArray())!;
        Assert.Equal("idx", (string?)target["name"]);
        Assert.InRange((long)target["refused"]!, 1, (long)target["inputs"]!);
        Assert.Empty(target["findings"]!.AsArray());
    }

    [Fact]
    public void RepeatsOneCase()
    {
        CliRun run = CliRun.Of("fuzz", "--target", "idx", "--case", "123", "--json");
        Assert.Equal(1, (long)JsonNode.Parse(run.Out)!["targets"]![0]!["inputs"]!);
    }

    [Fact]
    public void StartsFromAnotherFolderOfFiles()
    {
        string folder = Directory.CreateTempSubdirectory("minigrad-corpus-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "one"), [0, 0, 8, 1, 0, 0, 0, 1, 7]);
            Assert.Equal(0, CliRun.Of("fuzz", "--target", "idx", "--corpus", folder, "--seconds", "0.1").Code);
            File.WriteAllBytes(Path.Combine(folder, "two"), [1]);
            CliRun.Of("fuzz", "--target", "idx", "--corpus", folder, "--seconds", "0.1")
                .AssertFails(3, "two is not read", "ends inside the magic number");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void WrongUsageIsSaid()
    {
        CliRun.Of("fuzz", "--target", "pgn").AssertFails(2, "did you mean \"png\"?");
        CliRun.Of("fuzz", "--case", "3").AssertFails(2, "--target");
        CliRun.Of("fuzz", "--target", "png", "--case", "-3").AssertFails(2, "inputs count from 0");
        CliRun.Of("fuzz", "--target", "png", "--seconds", "0").AssertFails(2, "--seconds");
        CliRun.Of("fuzz", "--target", "png", "--corpus", "/no/where").AssertFails(3, "no folder");
    }
}
