using System.Text.Json.Nodes;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>What the options that name a network do with files of other homes: classes, sizes, blur, photos, folders of images.</summary>
public sealed class NetworkFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheHomesNormalisationIsUsedAndSaid()
    {
        string weights = TinyModel.Write(folder["."], "resnet20-cifar");
        Tensor x = Pixels(3, [2, 3, 32, 32]);
        CliRun run = CliRun.Of("infer", "--weights", weights, "--model", "resnet20-cifar",
            "--input", TinyModel.WriteImages(folder["."], x), "--out", folder["y.safetensors"]);

        Assert.Equal(0, run.Code);
        Assert.Contains("using mean 0.485,0.456,0.406, std 0.229,0.224,0.225", run.Error, StringComparison.Ordinal);
        Network network = new Normalized(ModelCatalog.Create("resnet20-cifar", 3), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
        Assert.Equal(network.Forward(x).ToArray<float>(), Logits());

        CliRun plain = CliRun.Of("infer", "--weights", weights, "--model", "resnet20-cifar", "--mean", "0,0,0",
            "--std", "1,1,1", "--input", folder["images.safetensors"], "--out", folder["y.safetensors"]);

        Assert.Equal("", plain.Error);
        Assert.Equal(ModelCatalog.Create("resnet20-cifar", 3).Forward(x).ToArray<float>(), Logits());
    }

    [Fact]
    public void TheTensorsDecideTheImageSize_AndABlurIsSetByTheOption()
    {
        string weights = TinyModel.Write(folder["."], "wrn-10-1");
        Tensor x = Pixels(4, [1, 3, 20, 24]);

        CliRun run = CliRun.Of("infer", "--weights", weights, "--model", "wrn-10-1", "--blur-pool", "3",
            "--input", TinyModel.WriteImages(folder["."], x), "--out", folder["y.safetensors"]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(ModelCatalog.Create("wrn-10-1", 3, new() { Image = [3, 20, 24], BlurPool = 3 }).Forward(x).ToArray<float>(), Logits());
    }

    [Fact]
    public void ClassesOfTheFileAndOfTheOption()
    {
        string path = folder["seven.safetensors"];
        Safetensors.Write(path, [.. ModelCatalog.Create("wrn-10-1", 3, new() { Classes = 7 }).Parameters.Select(p => (p.Name, p.Value))]);
        string[] words =
        [
            "infer", "--weights", path, "--model", "wrn-10-1", "--input", TinyModel.WriteImages(folder["."], Pixels(1, [1, 3, 32, 32])),
            "--out", folder["y.safetensors"],
        ];

        Assert.Equal(0, CliRun.Of(words).Code);
        Assert.Equal(7, Logits().Length);
        CliRun.Of([.. words, "--classes", "10"]).AssertFails(3, "the file is for 7 classes", "10 were asked for");
    }

    [Fact]
    public void NonFiniteWeightsNeedTheFlag()
    {
        (string, Tensor)[] tensors =
            [.. ModelCatalog.Create("mlp", 1).Parameters.Select(p => (p.Name, p.Name == "fc1.weight" ? Odd(p.Value) : p.Value))];
        Safetensors.Write(folder["odd.safetensors"], tensors);
        string[] words =
        [
            "infer", "--weights", folder["odd.safetensors"], "--model", "mlp",
            "--input", TinyModel.WriteImages(folder["."], Ops.Full([1, 1, 28, 28], 0.5)), "--out", folder["y.safetensors"],
        ];

        CliRun.Of(words).AssertFails(3, "element 5 of \"fc1.weight\"", "--allow-nonfinite");
        CliRun.Of([.. words, "--allow-nonfinite"]).AssertFails(5, "logits of image 0");
    }

    [Fact]
    public void APhotoIsPreparedAsTheHomeDoes()
    {
        string weights = TinyModel.Write(folder["."], "squeezenet1_1");
        PixelImage photo = Photo(300, 270, 5);
        ImageFile.Write(folder["photo.png"], photo);
        string[] words =
        [
            "infer", "--weights", weights, "--model", "squeezenet1_1", "--mean", "0,0,0", "--std", "1,1,1", "--image", folder["photo.png"],
            "--data-dir", folder["none"], "--json",
        ];

        CliRun run = CliRun.Of(words);

        Assert.Contains("300 x 270 pixels, resized to a shorter side of 256 (bilinear), the middle 224 x 224 taken",
            run.Error, StringComparison.Ordinal);
        AssertBest(run, ImageTransform.ImageNet);
        AssertBest(CliRun.Of([.. words, "--resize", "240", "--interpolation", "bicubic"]), new(240, 224, 224, Interpolation.Bicubic));
        AssertBest(CliRun.Of([.. words, "--size", "64"]), new(73, 64, 64, Interpolation.Bilinear));

        void AssertBest(CliRun found, ImageTransform transform)
        {
            Assert.Equal(0, found.Code);
            Network network = ModelCatalog.Create("squeezenet1_1", 3, new() { Image = [3, transform.CropHeight, transform.CropWidth] });
            double[] p = network.Forward(ImageFile.ToTensor(transform.Apply(photo), 3)).Cast(DType.F64).Softmax(1).ToArray<double>();
            Assert.Equal(p.OrderDescending().Take(5),
                JsonNode.Parse(found.Out)!["best"]!.AsArray().Select(row => row!["probability"]!.GetValue<double>()));
        }
    }

    [Fact]
    public void ClassNamesComeFromTheDataSetOrAFile()
    {
        Dictionary<string, string> metadata =
            new() { ["data_set"] = "cifar-10:1-4", ["mean"] = "0,0,0", ["std"] = "1,1,1", ["architecture"] = "wrn-10-1" };
        string weights = TinyModel.Write(folder["."], "wrn-10-1", metadata: metadata);
        ImageFile.Write(folder["photo.png"], Photo(40, 50, 6));
        string[] words = ["infer", "--weights", weights, "--image", folder["photo.png"], "--resize", "32"];

        string[] known = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
        foreach (JsonNode? row in JsonNode.Parse(CliRun.Of([.. words, "--json"]).Out)!["best"]!.AsArray())
        {
            Assert.Equal(known[row!["class"]!.GetValue<int>()], row["name"]!.GetValue<string>());
        }
        File.WriteAllText(folder["three.json"], """{"0": ["a", "x"], "1": ["b", "y"], "2": ["c", "z"]}""");
        CliRun bad = CliRun.Of([.. words, "--class-names", folder["three.json"]]);
        Assert.Equal(2, bad.Code);
        Assert.Contains("names 3 classes, the network has 10", bad.Error, StringComparison.Ordinal);
        CliRun.Of("infer", "--weights", weights, "--image", folder["photo.png"])
            .AssertFails(3, "40 x 50 pixels", "takes 32 x 32", "--resize 32");
    }

    [Fact]
    public void AFolderOfImagesIsADataSet()
    {
        string weights = TinyModel.Write(folder["."], "wrn-10-1");
        Network network = ModelCatalog.Create("wrn-10-1", 3);
        ImageTransform transform = new(32, 32, 32, Interpolation.Bilinear);
        int correct = 0;
        for (int i = 0; i < 12; i++)
        {
            PixelImage photo = Photo(40 + i, 50, 20 + i);
            Directory.CreateDirectory(folder[$"set/{i % 10}"]);
            ImageFile.Write(folder[$"set/{i % 10}/{i:00}.png"], photo);
            correct += network.Forward(ImageFile.ToTensor(transform.Apply(photo), 3)).ArgMax(1).ToArray<int>()[0] == i % 10 ? 1 : 0;
        }
        string[] words = ["--weights", weights, "--model", "wrn-10-1", "--data", $"folder:{folder["set"]}", "--resize", "32"];

        JsonObject result = CliRun.Of(["eval", .. words, "--json"]).Json;
        Assert.Equal((correct, 12), (result["correct"]!.GetValue<int>(), result["count"]!.GetValue<int>()));
        Assert.Equal(0, CliRun.Of(["attack", "fgsm", .. words, "--count", "4", "--out", folder["run"]]).Code);
        Assert.Equal(4, File.ReadLines(folder["run/results.jsonl"]).Count());
        int[] labels = [.. File.ReadLines(folder["run/results.jsonl"]).Select(line => JsonNode.Parse(line)!["label"]!.GetValue<int>())];
        Assert.Equal(4, labels.Distinct().Count());
        Directory.Delete(folder["set/9"], recursive: true);
        CliRun.Of(["eval", .. words]).AssertFails(2, "has 10 classes", "has 9");
        CliRun.Of("eval", "--weights", weights, "--model", "wrn-10-1", "--data", "folder:/nowhere").AssertFails(3, "/nowhere is no folder");
    }

    [Fact]
    public void ASizeGoesWithADataSet_AndOneThatDoesNotFitIsSaid()
    {
        string weights = TinyModel.Write(folder["."]);
        string[] words = ["--weights", weights, "--model", "lenet5", "--data", "digits", "--count", "20", "--size"];

        Assert.Equal(20, CliRun.Of(["eval", .. words, "28", "--json"]).Json["count"]!.GetValue<int>());
        Assert.Equal(0, CliRun.Of(["attack", "fgsm", .. words, "28", "--out", folder["run"]]).Code);
        CliRun.Of(["eval", .. words, "32"]).AssertFails(2, "images of 32 x 32", "28 x 28 only");
        CliRun.Of(["eval", .. words, "28x"]).AssertFails(2, "--size: \"28x\"");
        CliRun.Of("eval", "--weights", weights, "--model", "lenet5", "--data", "folder:").AssertFails(2, "no path");
        CliRun.Of("eval", "--weights", weights, "--model", "lenet5", "--data", "digits", "--mean", "0.5")
            .AssertFails(2, "--mean and --std belong together");
    }

    [Fact]
    public void MetadataThatMakesNoSenseIsTheFilesFault()
    {
        string path = TinyModel.Write(folder["."], "wrn-10-1", metadata: new Dictionary<string, string> { ["blur_pool"] = "9" });
        string images = TinyModel.WriteImages(folder["."], Pixels(1, [1, 3, 32, 32]));
        CliRun.Of("infer", "--weights", path, "--model", "wrn-10-1", "--input", images, "--out", folder["y.safetensors"])
            .AssertFails(3, path, "blur_pool \"9\"");
        path = TinyModel.Write(folder["."], "wrn-10-1", metadata: new Dictionary<string, string> { ["mean"] = "0.5", ["std"] = "0.5" });
        CliRun.Of("infer", "--weights", path, "--model", "wrn-10-1", "--input", images, "--out", folder["y.safetensors"])
            .AssertFails(3, path, "1 means", "3 channels");
        CliRun.Of("infer", "--weights", path, "--model", "wrn-10-1", "--input", images, "--out", path)
            .AssertFails(2, "is the file to read");
        CliRun.Of("infer", "--weights", path, "--model", "wrn-10-1", "--input", images, "--out", folder["y.safetensors"], "--resize", "32")
            .AssertFails(2, "--resize", "--image");
    }

    private static Tensor Odd(Tensor x)
    {
        float[] values = x.ToArray<float>();
        values[5] = float.PositiveInfinity;
        return Tensor.From(values, x.Shape);
    }

    private static Tensor Pixels(int seed, Shape shape) => Tensor.From(new Rng(seed).Uniform((int)shape.Count), shape);

    private static PixelImage Photo(int width, int height, int seed) =>
        new(width, height, 3, Array.ConvertAll(new Rng(seed).Uniform(3 * width * height), u => (byte)(u * 256)));

    private float[] Logits()
    {
        using SafetensorsFile file = SafetensorsFile.Open(folder["y.safetensors"]);
        return file.Read("logits").ToArray<float>();
    }
}
