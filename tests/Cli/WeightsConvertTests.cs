using System.Text.Json.Nodes;
using MiniGrad.Formats;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>weights convert and weights inspect on files of PyTorch.</summary>
public sealed class WeightsConvertTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Convert_KeepsNamesNumbersAndFacts()
    {
        string to = folder["out.safetensors"];
        JsonObject result = CliRun.Of("weights", "convert", TorchSample.PathOf("checkpoint.pt"), to, "--json").Json;
        Assert.Equal("PyTorch zip", result["format"]!.GetValue<string>());
        Assert.Equal(4, result["tensors"]!.GetValue<int>());
        Assert.Equal(39, result["numbers"]!.GetValue<long>());
        Assert.Equal(FileHash.Sha256(to), result["sha256"]!.GetValue<string>());
        string[] notes = [.. result["notes"]!.AsArray().Select(note => note!.GetValue<string>())];
        Assert.Contains("the prefix \"module.\" was taken off 4 names", notes);
        Assert.Contains("1 tensors of type I64 became I32", notes);
        using SafetensorsFile file = SafetensorsFile.Open(to);
        Assert.Equal(["conv.weight", "conv.bias", "fc.weight", "fc.steps"], file.Names);
        Assert.Equal(TorchSample.Values(24, 1).Select(v => (float)v), file.Read("conv.weight").ToArray<float>());
        Assert.Equal([-7], file.Read("fc.steps").ToArray<int>());
        Assert.Equal("90", file.Metadata["epoch"]);
        Assert.Equal("76.25", file.Metadata["best_prec1"]);
    }

    [Fact]
    public void Convert_KeepsTheTypesThatTensorsHave()
    {
        CliRun run = CliRun.Of("weights", "convert", TorchSample.PathOf("types-legacy.pt"), folder["t.safetensors"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("1 tensors of type BF16 became F32", run.Out, StringComparison.Ordinal);
        using SafetensorsFile file = SafetensorsFile.Open(folder["t.safetensors"]);
        Assert.Equal(["F32", "F64", "F32", "F32", "I32", "I32", "I32", "I32", "I32", "BOOL"], file.Entries.Select(entry => entry.DType));
    }

    [Fact]
    public void Convert_TakesTheStateThatIsNamed()
    {
        string from = TorchSample.PathOf("two-states.pt");
        string to = folder["out.safetensors"];
        CliRun.Of("weights", "convert", from, to)
            .AssertFails(3, "two-states.pt", "\"model\" (4 tensors), \"ema.module\" (4 tensors)", "--state model");
        CliRun.Of("weights", "convert", from, to, "--state", "mdel").AssertFails(2, "no tensors at \"mdel\"", "\"model\"");
        Assert.False(File.Exists(to));
        Assert.Equal(0, CliRun.Of("weights", "convert", from, to, "--state", "ema").Code);
        using SafetensorsFile file = SafetensorsFile.Open(to);
        Assert.Equal(TorchSample.Values(2, 2, 1).Select(v => (float)v), file.Read("conv.bias").ToArray<float>());
        CliRun.Of("weights", "convert", to, folder["again"], "--state", "ema").AssertFails(2, "Leave the choice out");
    }

    [Fact]
    public void Convert_NeverWritesOverItsInput()
    {
        string path = folder.Put("w.pt", TorchSample.Bytes("layers.pt"));
        CliRun.Of("weights", "convert", path, path).AssertFails(2, "w.pt is the file to read");
        CliRun.Of("weights", "convert", path, Path.Combine(folder["."], "..", Path.GetFileName(Path.GetDirectoryName(path)!), "w.pt"))
            .AssertFails(2, "is the file to read");
        File.CreateSymbolicLink(folder["link.pt"], path);
        CliRun.Of("weights", "convert", folder["link.pt"], path).AssertFails(2, "is the file to read");
        Assert.Equal(TorchSample.Bytes("layers.pt"), File.ReadAllBytes(path));
        CliRun.Of("weights", "convert", path, Path.Combine(folder["none"], "x")).AssertFails(4, "does not exist");
        CliRun.Of("weights", "convert", folder["none.pt"], folder["x"]).AssertFails(3, "none.pt does not exist");
    }

    [Theory]
    [InlineData("namespace.pt", "argparse.Namespace", "Save the state_dict alone")]
    [InlineData("module.pt", "torch.nn.modules.linear.Linear", "no code from a file is ever run")]
    public void ObjectsInAFile_AreRefusedInOneLine(string name, string @class, string words)
    {
        CliRun.Of("weights", "inspect", TorchSample.PathOf(name)).AssertFails(3, name, @class, words, "at byte");
        CliRun.Of("weights", "convert", TorchSample.PathOf(name), folder["x"]).AssertFails(3, name, @class);
        Assert.False(File.Exists(folder["x"]));
    }

    [Fact]
    public void ADamagedFile_IsRefusedInOneLine()
    {
        byte[] bytes = TorchSample.Bytes("layers.pt");
        CliRun.Of("weights", "inspect", folder.Put("cut.pt", bytes[..^100])).AssertFails(3, "cut.pt", "cut short", "at byte");
        bytes[TorchBytes.Find(bytes, [.. BitConverter.GetBytes(-5f)])] ^= 1;
        CliRun.Of("weights", "inspect", folder.Put("crc.pt", bytes)).AssertFails(3, "crc.pt", "checksum", "at byte");
    }

    [Fact]
    public void Inspect_ShowsWhatAFileHolds()
    {
        JsonObject result = CliRun.Of("weights", "inspect", TorchSample.PathOf("types.pt"), "--json").Json;
        Assert.Equal("PyTorch zip", result["format"]!.GetValue<string>());
        foreach (JsonNode? row in result["tensors"]!.AsArray())
        {
            Assert.Equal([2, 3], row!["shape"]!.AsArray().Select(node => node!.GetValue<int>()));
            Assert.Equal(0, row["nan_count"]!.GetValue<int>());
            Assert.InRange(row["max"]!.GetValue<double>(), row["min"]!.GetValue<double>(), 22);
        }
        CliRun text = CliRun.Of("weights", "inspect", TorchSample.PathOf("two-states.pt"), "--state", "model");
        Assert.Equal(0, text.Code);
        Assert.Contains("the prefix \"module._orig_mod.\" was taken off 4 names", text.Out, StringComparison.Ordinal);
        Assert.Contains("left aside: ema", text.Out, StringComparison.Ordinal);
        Assert.Contains("fc.steps", text.Out, StringComparison.Ordinal);
    }
}
