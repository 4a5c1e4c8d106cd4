using System.Text.Json.Nodes;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab;

public sealed class RunFolderTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void KeepsLinesAndCutsATornOne()
    {
        using (RunFolder run = Open(resume: false))
        {
            run.Append(new JsonObject { ["source_index"] = 4, ["distance"] = 0.1, ["status"] = "ok" });
            run.Append(new JsonObject { ["source_index"] = 5, ["status"] = "failed" });
            Assert.False(run.IsResumed);
        }
        string whole = File.ReadAllText(Lines);
        Assert.Equal("{\"schema\":1,\"source_index\":4,\"distance\":0.1,\"status\":\"ok\"}\n"
            + "{\"schema\":1,\"source_index\":5,\"status\":\"failed\"}\n",
            whole);
        File.AppendAllText(Lines, "{\"schema\":1,\"sour");
        using (RunFolder run = Open(resume: true))
        {
            Assert.True(run.IsResumed);
            Assert.Equal([4, 5], run.Former.Select(line => line["source_index"]!.GetValue<int>()));
            run.Append(new JsonObject { ["source_index"] = 6 });
        }
        Assert.Equal(whole + "{\"schema\":1,\"source_index\":6}\n", File.ReadAllText(Lines));
    }

    [Fact]
    public void ReplacesAllLinesAndGoesOn()
    {
        using (RunFolder run = Open(resume: false))
        {
            run.Append(new JsonObject { ["source_index"] = 2 });
            run.Append(new JsonObject { ["source_index"] = 1 });
            run.Replace([new() { ["source_index"] = 1 }, new() { ["source_index"] = 2 }]);
            run.Append(new JsonObject { ["source_index"] = 3 });
        }
        using RunFolder again = Open(resume: true);
        Assert.Equal([1, 2, 3], again.Former.Select(line => line["source_index"]!.GetValue<int>()));
    }

    [Fact]
    public void LinesAreThereBeforeItIsClosed()
    {
        using RunFolder run = Open(resume: false);
        run.Append(new JsonObject { ["source_index"] = 1 });
        using FileStream reader = new(Lines, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Equal("{\"schema\":1,\"source_index\":1}\n".Length, reader.Length);
    }

    [Fact]
    public void BelongsToOneProcess()
    {
        using RunFolder run = Open(resume: false);
        Assert.Throws<OutputException>(() => Open(resume: true));
    }

    [Fact]
    public void RefusesAnotherRunAndNamesTheDifference()
    {
        Open(resume: false).Dispose();
        Assert.Throws<UsageException>(() => Open(resume: false));
        UsageException error = Assert.Throws<UsageException>(() => RunFolder.Open(folder["run"], Manifest(radius: 0.5), resume: true));
        Assert.Contains("attack.radius is 0.25 there and 0.5 here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsNamed()
    {
        Open(resume: false).Dispose();
        File.WriteAllText(Lines, "{\"schema\":1}\nnot json\n");
        RunFolderException error = Assert.Throws<RunFolderException>(() => Open(resume: true));
        Assert.Equal(13, error.Offset);
        Assert.Equal(ExitCode.BadInput, ErrorReport.CodeOf(error));
        File.WriteAllText(Path.Combine(folder["run"], "manifest.json"), "{");
        Assert.Throws<RunFolderException>(() => Open(resume: true));
        File.Delete(Path.Combine(folder["run"], "manifest.json"));
        Assert.Throws<UsageException>(() => Open(resume: true));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":{"\udc00":1}}""")]
    [InlineData("[]")]
    public void WhatOnlyFailsWhenItIsLookedAt_IsFoundAtOnce(string json)
    {
        Open(resume: false).Dispose();
        File.WriteAllText(Lines, $"{{\"schema\":1}}\n{json}\n");
        Assert.Equal(13, Assert.Throws<RunFolderException>(() => Open(resume: true)).Offset);
        File.WriteAllText(Path.Combine(folder["run"], "manifest.json"), json);
        Assert.Throws<RunFolderException>(() => Open(resume: true));
    }

    [Fact]
    public void SummaryMarksTheEnd()
    {
        using RunFolder run = Open(resume: false);
        Assert.False(run.IsComplete);
        run.WriteSummary(new JsonObject { ["count"] = 3 });
        Assert.True(run.IsComplete);
        Assert.Equal(3, run.ReadSummary()["count"]!.GetValue<int>());
        run.Describe("note", "more");
        Assert.Contains("\"note\": \"more\"", File.ReadAllText(run.File("manifest.json")), StringComparison.Ordinal);
    }

    private string Lines => Path.Combine(folder["run"], "results.jsonl");

    private RunFolder Open(bool resume) => RunFolder.Open(folder["run"], Manifest(radius: 0.25), resume);

    private static JsonObject Manifest(double radius)
    {
        JsonObject identity = new() { ["attack"] = new JsonObject { ["name"] = "pgd", ["radius"] = radius } };
        Session session = new(TextWriter.Null, TextWriter.Null, ["attack", "pgd"]);
        return RunManifest.Create(session,
            new RunSettings(false, null, new Computing { Threads = 1 }, Device.Cpu, DType.F32), "attack", identity, 1);
    }
}
