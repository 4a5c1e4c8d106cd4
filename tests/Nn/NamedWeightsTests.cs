using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Probes;
using Xunit;

namespace MiniGrad.Tests.Nn;

/// <summary>A trained network by the name of its weights alone: shipped ones, and files that say what they are.</summary>
public sealed class NamedWeightsTests : IDisposable
{
    private static readonly double[] Mean = [0.25];
    private static readonly double[] Std = [0.5];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AShippedNetworkIsThatOfItsFile()
    {
        Tensor images = ClosedForm.Images(3, [1, 28, 28]);
        Network network = ModelCatalog.Load("lenet5-digits");
        Assert.Equal([1, 28, 28], network.InputShape.ToArray());
        float[] expected = ModelCatalog.Load("lenet5", ShippedWeights.Locate("lenet5-digits")).Forward(images).ToArray<float>();
        Assert.Equal(expected, network.Forward(images).ToArray<float>());
        Assert.Equal(expected, ModelCatalog.Load(ShippedWeights.Locate("lenet5-digits")).Forward(images).ToArray<float>());
        Assert.Equal(DType.F64, ModelCatalog.Load("lenet5-digits", DType.F64).Parameters[0].Value.Type);
        Assert.Contains("lenet5-mnist", ShippedWeights.Names);
    }

    [Fact]
    public void TheIndexBesideAFileTellsItsNormalisation()
    {
        Network plain = ModelCatalog.Create("mlp", 1);
        string path = Write(plain, []);
        WeightRecord row = new("mine", Path.GetFileName(path), MiniGrad.Formats.FileHash.Sha256(path), "mlp", "digits", new(Mean, Std),
            "none", 1, 1, 1, 1, 1, "MIT", plain.Parameters.Sum(p => p.Value.Count));
        WeightIndex.Save(Path.Combine(Path.GetDirectoryName(path)!, "index.json"), [row]);
        AssertNormalized(plain, path);

        File.AppendAllBytes(path, [0]);
        Assert.Contains("SHA-256", Assert.Throws<WeightIndexException>(() => ModelCatalog.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMetadataOfTrainingTellsItToo()
    {
        Network plain = ModelCatalog.Create("mlp", 1);
        AssertNormalized(plain, Write(plain, new() { ["architecture"] = "mlp", ["mean"] = "0.25", ["std"] = "0.5" }));
        string silent = Write(plain, new() { ["architecture"] = "mlp" });
        Tensor images = ClosedForm.Images(2, [1, 28, 28]);
        Assert.Equal(plain.Forward(images).ToArray<float>(), ModelCatalog.Load(silent).Forward(images).ToArray<float>());

        Refused(Write(plain, []), "does not say which network", "ModelCatalog.Load(model, path)");
        Refused(Write(plain, new() { ["architecture"] = "mlp", ["mean"] = "grey", ["std"] = "0.5" }), "mean \"grey\"");
        Refused(Write(plain, new() { ["architecture"] = "mlp", ["blur_pool"] = "1" }), "blur_pool \"1\"", "0 or 2 to 7");
    }

    [Fact]
    public void AnUnknownNameIsAnsweredWithTheNearest()
    {
        Refused("lenet5-digts", "neither a file nor the name of shipped weights", "Did you mean \"lenet5-digits\"?", "lenet5-tanh-mnist");
        Refused("somewhere/net.safetensors", "\"somewhere/net.safetensors\" is neither", "Shipped:");
    }

    private static void Refused(string given, params string[] words)
    {
        WeightsException error = Assert.Throws<WeightsException>(() => ModelCatalog.Load(given));
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    private static void AssertNormalized(Network plain, string path)
    {
        Tensor images = ClosedForm.Images(2, [1, 28, 28]);
        float[] expected = new Normalized(plain, Mean, Std).Forward(images).ToArray<float>();
        Assert.NotEqual(expected, plain.Forward(images).ToArray<float>());
        Assert.Equal(expected, ModelCatalog.Load(path).Forward(images).ToArray<float>());
    }

    private string Write(Network network, Dictionary<string, string> metadata)
    {
        string path = folder.Write("weights.safetensors", []);
        Safetensors.Write(path, [.. network.Parameters.Select(p => (p.Name, p.Value))], metadata);
        return path;
    }
}
