using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Cli;
using MiniGrad.Tests.Cli.Probing;
using MiniGrad.Tests.Formats;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Devices;

/// <summary>
/// Commands with <c>--device reference</c> find what they find on the processor, and count what they move. Alone, since
/// other tests move their tensors, too.
/// </summary>
[Collection(SerialCollection.Name)]
public sealed class DeviceCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EvalCountsTheSameImages()
    {
        string[] command = ["eval", "--json", "--weights", AttackFolder.Weights, "--data", "digits", "--count", "20"];
        (JsonObject here, JsonObject there) = (CliRun.Of(command).Json, Reference(command).Json);
        Assert.Equal(here["correct"]!.GetValue<int>(), there["correct"]!.GetValue<int>());
        Assert.Equal("reference", there["device"]!.GetValue<string>());
        Assert.Null(here["transfers"]);
        // The images and no more go there; their classes come back.
        Assert.Equal(4 * 20, there["transfers"]!["downloaded_bytes"]!.GetValue<long>());
        Assert.InRange(there["transfers"]!["uploaded_bytes"]!.GetValue<long>(), 4 * 20 * 784, long.MaxValue);
        Assert.Contains("note: reference: ", Reference(command).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void InferWritesTheSameNumbers()
    {
        string images = TinyModel.WriteImages(folder["."], SyntheticDigits.Create(4, 0, 3).Images(0, 3));
        Tensor[] Run(Func<string[], CliRun> run, string name)
        {
            Assert.Equal(0, run(
                ["infer", "--weights", AttackFolder.Weights, "--input", images, "--grad", "--repeat", "1", "--out", folder[name]]).Code);
            using SafetensorsFile file = SafetensorsFile.Open(folder[name]);
            return [file.Read("logits"), file.Read("input_grad")];
        }
        foreach ((Tensor a, Tensor b) in Run(CliRun.Of, "a.safetensors").Zip(Run(Reference, "b.safetensors")))
        {
            foreach ((float x, float y) in a.ToArray<float>().Zip(b.ToArray<float>())) Assert.Equal(x, y, 1e-4f);
        }
    }

    [Theory]
    [InlineData("fgsm", "--count 3")]
    [InlineData("pgd", "--count 3 --steps 3")]
    [InlineData("deepfool", "--count 2 --iterations 5")]
    [InlineData("lst", "--count 2 --iterations 4")]
    [InlineData("nspgd", "--count 2 --iterations 4")]
    [InlineData("nspgd", "--count 2 --iterations 3 --start-at logit-space:iterations=5,from=target")]
    [InlineData("logit-space", "--count 2 --iterations 5")]
    public void AttacksEndAlike(string attack, string options)
    {
        string[] command =
            ["attack", attack, "--precision", "f64", "--weights", AttackFolder.Weights, "--data", "digits", .. options.Split(' '), "--out"];
        Assert.Equal(0, CliRun.Of([.. command, folder["cpu"]]).Code);
        Assert.Equal(0, Reference([.. command, folder["reference"]]).Code);
        (AttackFolder here, AttackFolder there) = (new(folder["cpu"]), new(folder["reference"]));
        there.Page();
        foreach ((JsonObject a, JsonObject b) in here.Lines.Zip(there.Lines))
        {
            foreach (string key in (string[])["status", "success", "prediction", "iterations"])
            {
                Assert.Equal(a[key]!.ToJsonString(), b[key]!.ToJsonString());
            }
        }
        foreach ((double x, double y) in here.Tensor("output").ToArray<double>().Zip(there.Tensor("output").ToArray<double>()))
        {
            Assert.Equal(x, y, 1e-6);
        }
        Assert.Null(here.Summary["transfers"]);
        Assert.True(there.Summary["transfers"]!["uploads"]!.GetValue<long>() > 0);
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(there["manifest.json"]))!;
        Assert.Equal("reference", manifest["device"]!.GetValue<string>());
        // Another device rounds otherwise, so that a run cannot change it.
        CliRun.Of([.. command, folder["reference"], "--resume"]).AssertFails(2, "device");
    }

    [Fact]
    public void ACurvatureIsThatOfTheProcessor()
    {
        string weights = QuickNetwork.Write(folder["quick.safetensors"]);
        JsonObject Run(Func<string[], CliRun> run, string name)
        {
            Assert.Equal(0, run(["probe", "curvature", "--weights", weights, "--data", "digits", "--count", "2",
                "--average", "hutchinson", "--samples", "4", "--at", "boundary", "--lanczos", "1", "--out", folder[name]]).Code);
            return new AttackFolder(folder[name]).Lines[1];
        }
        (JsonObject here, JsonObject there) = (Run(CliRun.Of, "cpu"), Run(Reference, "reference"));
        foreach ((JsonNode? a, JsonNode? b) in here["average"]!.AsArray().Zip(there["average"]!.AsArray()))
        {
            Assert.Equal(a!.GetValue<double>(), b!.GetValue<double>(), 1e-5);
        }
        Assert.NotNull(new AttackFolder(folder["reference"]).Summary["transfers"]);
    }

    [Fact]
    public void OtherCommandsRunThereToo()
    {
        string images = TinyModel.WriteImages(folder["."], SyntheticDigits.Create(4, 0, 2).Images(0, 2));
        Assert.Equal(CliRun.Of("distance", images, images).Out, Reference("distance", images, images).Out);
        Assert.Equal(0, Reference("gradcheck", "--op", "scatter-add").Code);
        Assert.Equal(0, Reference("gradcheck", "--op", "conv2d").Code);
    }

    private static CliRun Reference(params string[] command) => CliRun.Of([.. command, "--device", "reference"]);
}
