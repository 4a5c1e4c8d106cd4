using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Formats;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Tests.Formats;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>eval</c> and <c>infer</c> give what the library gives, and read what describes the weights.</summary>
public sealed class EvalInferTests : IDisposable
{
    private static readonly ImageDataSet Digits = SyntheticDigits.Create(11, 0, 300);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LogitsAndGradients_HaveTheBitsOfADirectCall()
    {
        Network network = ModelCatalog.Create("lenet5", 3);
        Tensor images = Digits.Images(0, 300);
        JsonObject result = Infer(images, "--grad", "--labels", string.Join(',', Digits.Labels)).Json;
        Tensor x = images.Tracked();
        Tensor logits = network.Forward(x);
        Tensor gradient = Gradient.Of(logits.CrossEntropy(Digits.Labels, LossReduction.Sum), x);
        using SafetensorsFile file = SafetensorsFile.Open(folder["y.safetensors"]);
        Assert.Equal(["logits", "input_grad"], file.Names);
        Assert.Equal(logits.ToArray<float>(), file.Read("logits").ToArray<float>());
        Assert.Equal(gradient.ToArray<float>(), file.Read("input_grad").ToArray<float>());
        Assert.Equal(logits.ArgMax(1).ToArray<int>(), result["predicted"]!.AsArray().Select(node => node!.GetValue<int>()));
        Assert.Equal(300, result["count"]!.GetValue<int>());
    }

    [Fact]
    public void WithoutLabels_TheGradientIsThatOfThePredictedClass()
    {
        Tensor x = Digits.Images(0, 3).Tracked();
        Infer(Digits.Images(0, 3), "--grad");
        Tensor logits = ModelCatalog.Create("lenet5", 3).Forward(x);
        Tensor gradient = Gradient.Of(logits.CrossEntropy(logits.ArgMax(1).ToArray<int>(), LossReduction.Sum), x);
        using SafetensorsFile file = SafetensorsFile.Open(folder["y.safetensors"]);
        Assert.Equal(gradient.ToArray<float>(), file.Read("input_grad").ToArray<float>());
    }

    [Fact]
    public void InF64_NumbersAreDoublesNearTheFloats()
    {
        Infer(Digits.Images(0, 4), "--precision", "f64", "--grad", "--mean", "0.1307", "--std", "0.3081");
        Network network = new Normalized(ModelCatalog.Create("lenet5", 3), [0.1307], [0.3081]);
        float[] expected = network.Forward(Digits.Images(0, 4)).ToArray<float>();
        using SafetensorsFile file = SafetensorsFile.Open(folder["y.safetensors"]);
        double[] found = file.Read("logits").ToArray<double>();
        Assert.Equal(DType.F64, file.Read("input_grad").Type);
        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-5);
        Assert.NotEqual(found[0], (double)(float)found[0]);
    }

    [Fact]
    public void Repeat_ReportsMilliseconds()
    {
        JsonObject result = Infer(Digits.Images(0, 1), "--grad", "--repeat", "5").Json;
        Assert.True(result["min_ms"]!.GetValue<double>() > 0);
        Assert.True(result["median_ms"]!.GetValue<double>() >= result["min_ms"]!.GetValue<double>());
        Assert.Equal("cpu", result["device"]!.GetValue<string>());
        Assert.True(result["threads"]!.GetValue<int>() >= 1);
    }

    [Fact]
    public void AnImage_GivesTheFiveBestClasses()
    {
        ImageFile.Write(folder["digit.png"], new PixelImage(28, 28, 1, Digits.Pixels[..784]));
        string[] words = ["infer", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5", "--image", folder["digit.png"]];
        JsonArray best = CliRun.Of([.. words, "--json"]).Json["best"]!.AsArray();
        double[] expected = ModelCatalog.Create("lenet5", 3).Forward(Digits.Images(0, 1)).Cast(DType.F64).Softmax(1).ToArray<double>();
        Assert.Equal(5, best.Count);
        Assert.Equal(expected.OrderDescending().Take(5), best.Select(row => row!["probability"]!.GetValue<double>()));
        Assert.All(best, row => Assert.Equal(expected[row!["class"]!.GetValue<int>()], row["probability"]!.GetValue<double>()));
        CliRun text = CliRun.Of(words);
        Assert.Equal(6, text.Out.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Eval_CountsWhatTheEvaluatorCounts()
    {
        string[] words = ["eval", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5", "--data", "digits", "--count", "500"];
        JsonObject result = CliRun.Of([.. words, "--json"]).Json;
        int correct = Evaluator.Accuracy(ModelCatalog.Create("lenet5", 3), DataSets.Open("digits", Split.Test), 500).Correct;
        Assert.Equal(correct, result["correct"]!.GetValue<int>());
        Assert.Equal(500, result["count"]!.GetValue<int>());
        Assert.Equal(correct / 500.0, result["accuracy"]!.GetValue<double>());
        Assert.Equal(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CultureInfo.CurrentCulture);
        Assert.Equal($"{correct / 5.0:0.00} % ({correct} of 500)\n", CliRun.Of(words).Out);
        Assert.InRange(CliRun.Of([.. words, "--precision", "f64", "--json"]).Json["correct"]!.GetValue<int>(), correct - 2, correct + 2);
    }

    [Fact]
    public void TheIndexBesideTheWeights_GivesModelAndNormalisation()
    {
        string path = TinyModel.Write(folder["."], "lenet5-tanh");
        string[] named = ["eval", "--weights", path, "--model", "lenet5-tanh",
            "--mean", "0.2", "--std", "0.4", "--data", "digits", "--count", "600", "--json"];
        int correct = CliRun.Of(named).Json["correct"]!.GetValue<int>();
        WeightRecord record = new("tiny", Path.GetFileName(path), FileHash.Sha256(path), "lenet5-tanh", "digits", new([0.2], [0.4]),
            "none", 3, 0, correct / 600.0, correct, 600, "MIT", 61_706);
        File.Copy(path, folder["copy.safetensors"]);
        WeightIndex.Save(folder["index.json"], [record, record with { Name = "elsewhere", File = "copy.safetensors", DataSet = "mnist" }]);
        JsonObject result = CliRun.Of("eval", "--weights", path, "--count", "600", "--json").Json;
        Assert.Equal(correct, result["correct"]!.GetValue<int>());
        Assert.Equal(0.4, result["std"]![0]!.GetValue<double>());

        CliRun verify = CliRun.Of("weights", "verify", "--index", folder["index.json"], "--data-dir", folder["none"], "--json");
        JsonArray rows = verify.Json["rows"]!.AsArray();
        Assert.Equal("skipped", rows[0]!["result"]!.GetValue<string>().Split(':')[0]);
        Assert.Equal("equal", rows[1]!["result"]!.GetValue<string>());

        WeightIndex.Save(folder["index.json"], [record with { Correct = correct + 50, Accuracy = (correct + 50) / 600.0 }]);
        CliRun.Of("weights", "verify", "--index", folder["index.json"])
            .AssertFails(3, "tiny", $"{correct} right, the index has {correct + 50}");
        WeightIndex.Save(folder["index.json"], [record with { Sha256 = new string('0', 64) }]);
        CliRun.Of("weights", "verify", "--index", folder["index.json"]).AssertFails(3, "tiny", "SHA-256");
        File.WriteAllText(folder["index.json"], "[{]");
        CliRun.Of("weights", "verify", "--index", folder["index.json"]).AssertFails(3, "not valid JSON");
    }

    private CliRun Infer(Tensor images, params string[] more)
    {
        CliRun run = CliRun.Of(
        [
            "infer", "--weights", TinyModel.Write(folder["."]), "--model", "lenet5",
            "--input", TinyModel.WriteImages(folder["."], images), "--out", folder["y.safetensors"], "--json", .. more,
        ]);
        Assert.Equal("", run.Error);
        return run;
    }
}
