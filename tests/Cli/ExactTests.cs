using System.Text.Json.Nodes;
using MiniGrad.Formats.Weights;
using MiniGrad.Tests.Formats;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>--exact</c> changes the last bits of a convolutional network, is recorded, and ends with its run.</summary>
[Collection(SerialCollection.Name)]
public sealed class ExactTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WithAndWithout_AResNetDiffersInItsLastBits()
    {
        string weights = TinyModel.Write(folder["."], "resnet20-64");
        string images = TinyModel.WriteImages(folder["."], Numbers.Random([2, 3, 32, 32], DType.F32, "images", 0, 1));
        (float[] Logits, float[] Gradient) fast = Infer(false);
        (float[] Logits, float[] Gradient) exact = Infer(true, "--exact");
        (float[] Logits, float[] Gradient) again = Infer(false);
        Assert.Equal(fast.Logits, again.Logits);
        Assert.Equal(fast.Gradient, again.Gradient);
        AssertClose(exact.Logits, fast.Logits, 1e-5);
        AssertClose(exact.Gradient, fast.Gradient, 1e-2);
        Assert.False(Computing.Default.Exact);

        (float[] Logits, float[] Gradient) Infer(bool recorded, params string[] more)
        {
            JsonObject result = CliRun.Of(["infer", "--weights", weights, "--model", "resnet20-64", "--input", images,
                "--labels", "1,2", "--grad", "--out", folder["y.safetensors"], "--json", .. more]).Json;
            Assert.Equal(recorded, result["exact"]!.GetValue<bool>());
            using SafetensorsFile file = SafetensorsFile.Open(folder["y.safetensors"]);
            return (file.Read("logits").ToArray<float>(), file.Read("input_grad").ToArray<float>());
        }
    }

    [Fact]
    public void ARunGoesOnOnlyAsItBegan()
    {
        string weights = TinyModel.Write(folder["."]);
        string[] command =
        [
            "attack", "fgsm", "--weights", weights, "--model", "lenet5", "--data", "digits", "--count", "2", "--epsilon", "0.1",
            "--out", folder["run"],
        ];
        Assert.Equal(0, CliRun.Of([.. command, "--exact"]).Code);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["run"], "manifest.json")))!.AsObject();
        Assert.True(manifest["exact"]!.GetValue<bool>());
        CliRun.Of([.. command, "--resume"]).AssertFails(2, "exact is true there and false here");
        Assert.Equal(0, CliRun.Of([.. command, "--resume", "--exact"]).Code);
        string[] train = ["train", "lenet5-digits", "--count", "40", "--epochs", "1", "--out", folder["trained"]];
        Assert.Equal(0, CliRun.Of(train).Code);
        CliRun.Of([.. train, "--resume", "--exact"]).AssertFails(2, "exact is false there and true here");
    }

    /// <summary>
    /// Some bits differ, the whole does not; a rounding may open a ReLU that was closed, so single numbers may move more.
    /// </summary>
    private static void AssertClose(float[] expected, float[] actual, double most)
    {
        Assert.NotEqual(expected, actual);
        double error = Math.Sqrt(expected.Zip(actual, (a, b) => Math.Pow(a - b, 2)).Sum() / expected.Sum(a => Math.Pow(a, 2)));
        Assert.InRange(error, 0, most);
    }
}
