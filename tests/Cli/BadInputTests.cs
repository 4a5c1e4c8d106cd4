using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>Files that are not what a command needs: code 3 and one line that names the file and the place in it.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WeightsThatAreNotThere() => Eval(folder["none.safetensors"]).AssertFails(3, "none.safetensors", "does not exist");

    [Fact]
    public void WeightsThatAreAFolder() => Eval(folder["."]).AssertFails(3, "is a folder");

    [Theory]
    [InlineData(new byte[0], "is empty")]
    [InlineData(new byte[] { 1, 2, 3 }, "3 bytes")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 0, 0, 0, 0, 0, 0 }, "zip archive")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B }, "header length")]
    public void WeightsThatAreNoWeights(byte[] bytes, string problem) =>
        Eval(folder.Put("w.safetensors", bytes)).AssertFails(3, "w.safetensors", problem);

    [Fact]
    public void WeightsOfAnotherNetwork_ListAllDifferences() =>
        Eval(TinyModel.Write(folder["."], "mlp")).AssertFails(3, "missing \"conv1.weight\" [6, 1, 5, 5]", "missing \"conv2.bias\"",
            "\"fc1.weight\" is [1000, 784], expected [120, 400]", "\"fc2.bias\" is [10], expected [84]", "missing \"fc3.bias\"");

    [Fact]
    public void WeightsWithoutAName_AskForTheModel()
    {
        string path = TinyModel.Write(folder["."]);
        CliRun.Of("eval", "--weights", path, "--data", "digits").AssertFails(2, "--model", "lenet5-tanh");
    }

    [Fact]
    public void WeightsThatHoldNaN()
    {
        float[] bias = new float[10];
        bias[7] = float.NaN;
        (string, Tensor)[] tensors =
            [.. ModelCatalog.Create("mlp", 1).Parameters.Select(p => (p.Name, p.Name == "fc2.bias" ? Tensor.From(bias) : p.Value))];
        Safetensors.Write(folder["nan.safetensors"], tensors);
        CliRun.Of("eval", "--weights", folder["nan.safetensors"], "--model", "mlp", "--data", "digits")
            .AssertFails(3, "element 7 of \"fc2.bias\" is NaN");
    }

    [Fact]
    public void WeightsThatOverflow_AreANumericalFailure()
    {
        (string, Tensor)[] tensors = [.. ModelCatalog.Create("mlp", 1).Parameters.Select(p => (p.Name, Ops.Full(p.Value.Shape, 1e30)))];
        Safetensors.Write(folder["huge.safetensors"], tensors);
        string images = TinyModel.WriteImages(folder["."], Ops.Full([2, 1, 28, 28], 0.5));
        CliRun.Of("infer", "--weights", folder["huge.safetensors"], "--model", "mlp", "--input", images, "--out", folder["y.safetensors"])
            .AssertFails(5, "logits of image 0");
        Assert.False(File.Exists(folder["y.safetensors"]));
    }

    [Fact]
    public void NormalisationOfAnotherNumberOfChannels() =>
        CliRun.Of("eval", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5",
            "--data", "digits", "--mean", "0.1,0.2,0.3", "--std", "1,1,1")
            .AssertFails(2, "3 means", "1 channels");

    [Fact]
    public void ImagesOutOfRange_AreNamedWithTheirPlace()
    {
        float[] pixels = new float[2 * 28 * 28];
        pixels[784 + 28 * 3 + 5] = 1.0042f;
        Infer(Tensor.From(pixels, [2, 1, 28, 28])).AssertFails(3, "x[1, 0, 3, 5] is 1.0042", "outside [0, 1]");
        pixels[2] = float.NaN;
        Infer(Tensor.From(pixels, [2, 1, 28, 28])).AssertFails(3, "x[0, 0, 0, 2] is NaN");
    }

    [Fact]
    public void ImagesOfAnotherShapeOrType()
    {
        Infer(Ops.Zeros([2, 3, 32, 32])).AssertFails(3, "[2, 3, 32, 32]", "[N, 1, 28, 28]");
        Infer(Ops.Zeros([784])).AssertFails(3, "[784]");
        Infer(Ops.Zeros([0, 1, 28, 28])).AssertFails(3, "no images");
        Infer(Tensor.From(new int[784], [1, 1, 28, 28])).AssertFails(3, "I32");
        Infer(Ops.Zeros([1, 1, 28, 28]), "images").AssertFails(3, "no tensor \"x\"", "images");
    }

    [Fact]
    public void LabelsThatDoNotFit()
    {
        Infer(Ops.Zeros([2, 1, 28, 28]), "x", "--labels", "3,10").AssertFails(2, "class 10 (value 1)", "0 to 9");
        Infer(Ops.Zeros([2, 1, 28, 28]), "x", "--labels", "3").AssertFails(2, "1 labels for 2 images");
    }

    [Fact]
    public void ImageFilesOfAnotherSizeOrFormat()
    {
        string weights = TinyModel.Write(folder["."]);
        ImageFile.Write(folder["a.png"], new PixelImage(4, 5, 1, new byte[20]));
        CliRun.Of("infer", "--weights", weights, "--model", "lenet5", "--image", folder["a.png"]).AssertFails(3, "4 x 5", "28 x 28");
        folder.Put("a.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]);
        CliRun.Of("infer", "--weights", weights, "--model", "lenet5", "--image", folder["a.jpg"]).AssertFails(3, "a.jpg", "JPEG");
    }

    [Fact]
    public void DataThatIsNotThere_LeavesNoRunFolder()
    {
        CliRun.Of("train", "lenet5-mnist", "--data-dir", folder["."], "--out", folder["run"])
            .AssertFails(3, "mnist", "minigrad data fetch mnist");
        Assert.False(Directory.Exists(folder["run"]));
        CliRun.Of("data", "info", "mnist", "--data-dir", folder["."]).AssertFails(3, "minigrad data fetch mnist");
    }

    [Fact]
    public void PlacesThatCannotBeWritten_AreFoundBeforeTheWork()
    {
        string weights = TinyModel.Write(folder["."]);
        string images = TinyModel.WriteImages(folder["."], Ops.Zeros([1, 1, 28, 28]));
        string[] infer = ["infer", "--weights", weights, "--model", "lenet5", "--input", images, "--out"];
        CliRun.Of([.. infer, Path.Combine(folder["none"], "y.safetensors")]).AssertFails(4, "none", "does not exist");
        CliRun.Of([.. infer, folder["."]]).AssertFails(4, "is a folder");
        CliRun.Of([.. infer, Path.Combine(weights, "y.safetensors")]).AssertFails(4, "does not exist");
        CliRun.Of("train", "lenet5-digits", "--count", "10", "--out", Path.Combine(weights, "run")).AssertFails(4, "cannot write");
        CliRun.Of("train", "lenet5-digits", "--count", "10", "--out", weights).AssertFails(4, "is a file");
        CliRun.Of("data", "fetch", "mnist", "--data-dir", weights).AssertFails(4, "mnist", "cannot write");
    }

    [Fact]
    public void AnInterruptedCommand_IsCode130()
    {
        string weights = TinyModel.Write(folder["."]);
        CliRun.Of(new CancellationToken(true), "eval", "--weights", weights, "--model", "lenet5", "--data", "digits")
            .AssertFails(130, "interrupted");
    }

    private static CliRun Eval(string weights) => CliRun.Of("eval", "--weights", weights, "--model", "lenet5", "--data", "digits");

    private CliRun Infer(Tensor images, string name = "x", params string[] more) => CliRun.Of(
    [
        "infer", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5",
        "--input", TinyModel.WriteImages(folder["."], images, name), "--out", folder["y.safetensors"], .. more,
    ]);
}
