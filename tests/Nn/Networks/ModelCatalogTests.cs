using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Nn.Networks;

public sealed class ModelCatalogTests
{
    [Fact]
    public void TheFileTellsTheNumberOfClasses()
    {
        Dictionary<string, Tensor> weights = Weights("resnet20-cifar", new() { Classes = 7 });

        Network network = ModelCatalog.Load("resnet20-cifar", weights);

        Assert.Equal(7, network.ClassCount);
        Assert.Equal(new Shape(2, 7), network.Forward(Ops.Zeros([2, 3, 32, 32])).Shape);
    }

    [Fact]
    public void AnotherNumberOfClassesThanInTheFileIsSaid()
    {
        Dictionary<string, Tensor> weights = Weights("resnet20-cifar", new() { Classes = 7 });

        WeightsException error =
            Assert.Throws<WeightsException>(() => ModelCatalog.Load("resnet20-cifar", weights, new() { Classes = 10 }));

        Assert.Contains("the file is for 7 classes (\"linear.weight\" is [7, 64]), 10 were asked for",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllDifferencesAreToldAtOnceWithTheNearestNames()
    {
        Dictionary<string, Tensor> weights = Weights("lenet5", new());
        weights["conv1.wieght"] = weights["conv1.weight"];
        weights.Remove("conv1.weight");
        weights["fc2.bias"] = Ops.Zeros([85]);
        weights["fc1.bias"] = Tensor.From(new int[120]);
        weights["extra"] = Ops.Zeros([3]);

        WeightsException error = Assert.Throws<WeightsException>(() => ModelCatalog.Load("lenet5", weights));

        Assert.Contains("missing \"conv1.weight\" [6, 1, 5, 5] (the file has \"conv1.wieght\")", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"fc2.bias\" is [85], expected [84]", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"fc1.bias\" holds I32", error.Message, StringComparison.Ordinal);
        Assert.Contains("unused \"extra\" [3]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("conv2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileOfAnotherNetworkIsToldInAFewNames()
    {
        Dictionary<string, Tensor> weights = Weights("resnet56-cifar", new());

        WeightsException error = Assert.Throws<WeightsException>(() => ModelCatalog.Load("lenet5", weights));

        Assert.Contains("more differences", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 100, 8000);
    }

    [Fact]
    public void BatchCountersAndUnusedCopiesOfTheHomeAreTaken()
    {
        Dictionary<string, Tensor> weights = Weights("wrn-10-1", new());
        weights["bn1.num_batches_tracked"] = Tensor.From(new int[] { 5 }).Reshape();
        weights["sub_block1.layer.0.conv1.weight"] = Ops.Zeros([16, 16, 3, 3]);

        Assert.Equal(10, ModelCatalog.Load("wrn-10-1", weights).ClassCount);

        weights["sub_block10.weight"] = Ops.Zeros([1]);
        Assert.Throws<WeightsException>(() => ModelCatalog.Load("wrn-10-1", weights));
    }

    [Theory]
    [InlineData("resnet19", "resnet18")]
    [InlineData("wrn28-10", "wrn-28-10")]
    [InlineData("vgg-16", "vgg16")]
    [InlineData("vit-0-64-4", "vit-4-64-4")]
    [InlineData("vit-7-64", "vit-7-64-4")]
    [InlineData("cct-4-3-1", "cct-4-3x1")]
    public void AnUnknownNameIsAnsweredWithTheNearest(string given, string nearest)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelCatalog.Find(given));

        Assert.Contains($"did you mean \"{nearest}\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrn-29-10", "6n + 4")]
    [InlineData("deit-tiny", "patches of 16 x 16")]
    [InlineData("vit-7-64-4", "40 x 40 do not divide into patches of 7 x 7")]
    [InlineData("vit-4-100-4", "a width of 100 does not divide into 3 heads")]
    [InlineData("vnncomp-vit-2-3-16", "patches of 16 x 16")]
    [InlineData("cnn-kw-base", "it takes those of [3, 32, 32] only")]
    [InlineData("alexnet", "at least 63")]
    [InlineData("lenet5", "28 x 28 only")]
    public void AnImageOrADepthThatTheArchitectureLacksIsRefused(string name, string what)
    {
        ArgumentException error =
            Assert.ThrowsAny<ArgumentException>(() => ModelCatalog.Create(name, 1, new() { Image = [name == "lenet5" ? 1 : 3, 40, 40] }));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSmallestImagesPass()
    {
        foreach ((string name, int side) in ((string, int)[])[("squeezenet1_1", 17), ("alexnet", 63), ("resnet18", 1), ("wrn-10-1", 1),
            ("vit-4-50-1", 4), ("cct-4-3x1", 1), ("resnet4b", 1), ("mobilenet-v1-0.25", 32)])
        {
            Network network = ModelCatalog.Create(name, 1, new() { Image = [3, side, side], Classes = 3 });

            Assert.Equal(new Shape(1, 3), network.Forward(Ops.Zeros([1, 3, side, side])).Shape);
        }
    }

    [Fact]
    public void PositionsFixTheImageSizeOfATransformer()
    {
        Dictionary<string, Tensor> weights = Weights("deit-tiny", new() { Image = [3, 48, 48], Classes = 5 });

        Assert.Equal(new Shape(3, 48, 48), ModelCatalog.Load("deit-tiny", weights).InputShape);
        Assert.Equal(new Shape(3, 48, 48), ModelCatalog.Load("deit-tiny", weights, new() { Image = [3, 48, 48] }).InputShape);
        WeightsException error =
            Assert.Throws<WeightsException>(() => ModelCatalog.Load("deit-tiny", weights, new() { Image = [3, 64, 64] }));

        Assert.Contains("make 16 patches, the file has positions for 9", error.Message, StringComparison.Ordinal);
        Assert.Contains("not interpolated", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vit-7-64-1", 1, 28)]
    [InlineData("vit-4-64-1", 1, 20)]
    [InlineData("vnncomp-vit-3-3-8", 4, 24)]
    [InlineData("cct-4-3x1", 1, 28)]
    public void TheFileTellsATransformersImages(string name, int channels, int side)
    {
        Shape image = [channels, side, side];
        Dictionary<string, Tensor> weights = Weights(name, new() { Image = image });

        Assert.Equal(image, ModelCatalog.Load(name, weights).InputShape);
        WeightsException error =
            Assert.Throws<WeightsException>(() => ModelCatalog.Load(name, weights, new() { Image = [channels, 2 * side, side] }));
        Assert.Contains("the file has positions for", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("vnncomp-vit-3-3-8")]
    [InlineData("deit-tiny")]
    public void NetworksWithoutStridesRefuseABlur(string name)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => ModelCatalog.Create(name, 1, new() { BlurPool = 4 }));

        Assert.StartsWith("blur-pool", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileIsRecognisedByItsShapes()
    {
        foreach (string name in (string[])["resnet18-cifar", "wrn-16-4", "resnet44-cifar", "preact-resnet18", "squeezenet1_1",
            "vit-7-64-4", "vit-4-64-4", "vnncomp-vit-2-3-16", "resnet2b"])
        {
            Dictionary<string, Shape> shapes =
                Weights(name, new() { Classes = 12 }).ToDictionary(pair => pair.Key, pair => pair.Value.Shape);

            (ModelEntry entry, int classes) = Assert.Single(ModelCatalog.Fitting(shapes));

            Assert.Equal((name, 12), (entry.Name, classes));
        }
    }

    [Fact]
    public void EveryTapOfANetworkPassesOnce()
    {
        foreach (string name in (string[])["lenet5", "resnet20-cifar", "wrn-10-1", "preact-resnet18", "deit-tiny", "squeezenet1_1",
            "vit-4-64-2", "cct-4-3x1", "vnncomp-vit-3-3-8", "resnet4b", "cnn-kw-deep", "mobilenet-v1-0.25"])
        {
            Network network = ModelCatalog.Create(name, 1, name == "lenet5" ? null : new() { Image = [3, 32, 32] });
            List<string> passed = [];

            network.Forward(Ops.Zeros([1, .. network.InputShape.ToArray()]), new Pass { Tap = (tap, _) => passed.Add(tap) });

            Assert.Equal(network.Taps, passed);
        }
    }

    [Fact]
    public void FreshWeightsKeepTheSizeOfSignals()
    {
        foreach (string name in (string[])["resnet20-cifar", "resnet20-64", "wrn-16-4"])
        {
            Network network = ModelCatalog.Create(name, 3, new() { Image = [3, 16, 16] });
            Tensor x = Tensor.From(new Rng(5).Uniform(4 * 3 * 256), [4, 3, 16, 16]);

            float[] logits = network.Forward(x, new Pass { IsTraining = true, Rng = new(1) }).ToArray<float>();

            Assert.All(logits, z => Assert.InRange(Math.Abs(z), 0, 10));
            Assert.InRange(logits.Max() - logits.Min(), 0.01, 20);
        }
    }

    private static Dictionary<string, Tensor> Weights(string name, ModelSettings settings) =>
        ModelCatalog.Create(name, 2, settings).Parameters.ToDictionary(p => p.Name, p => p.Value);
}
