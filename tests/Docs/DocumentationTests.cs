using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Docs;

/// <summary>Every code block of README and docs is compiled here, stands there word for word, and does what the text says.</summary>
public sealed class DocumentationTests
{
    private static string Root { get; } = FindRoot();

    [Fact]
    public void ReadmeShowsTheExampleThatRuns() =>
        Assert.Contains(Part("ReadmeExample.cs", "readme", indent: 8),
            File.ReadAllText(Path.Combine(Root, "README.md")), StringComparison.Ordinal);

    [Theory]
    [InlineData("own-op")]
    [InlineData("own-network")]
    [InlineData("others-network")]
    [InlineData("own-attack")]
    [InlineData("own-threat")]
    [InlineData("own-probe")]
    public void DocsShowTheCodeThatRuns(string part) =>
        Assert.Contains(Part("OwnParts.cs", part, indent: 0),
            File.ReadAllText(Path.Combine(Root, "docs", "extending.md")), StringComparison.Ordinal);

    [Fact]
    public void TheExampleOfCurvatureStandsInItsPageAndRuns()
    {
        Assert.Contains(Part("CurvatureExample.cs", "curvature", indent: 8),
            File.ReadAllText(Path.Combine(Root, "docs", "curvature.md")), StringComparison.Ordinal);
        StringWriter output = new();
        Network network = ModelCatalog.Load("lenet5-tanh", Path.Combine(Root, "weights", "lenet5-tanh-mnist.safetensors"), type: DType.F64);
        CurvatureExample.Run(output, network, Ops.Zeros([1, 1, 28, 28], DType.F64));
        Assert.Equal(9, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("mean ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadmeExampleRuns()
    {
        StringWriter output = new();
        ReadmeExample.Run(output);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, lines.Length);
        Assert.All(lines[..10], line => Assert.Contains("confidence", line, StringComparison.Ordinal));
        Assert.StartsWith("v'Hv = ", lines[10], StringComparison.Ordinal);
    }

    [Fact]
    public void OwnOpPassesTheGradientCheck()
    {
        Tensor x = Tensor.From([-3.0, -0.5, 0.0, 0.7, 4.0]);
        GradCheck.Assert(t => Pointwise.Of(new Mish(), t), x);
        double[] y = Pointwise.Of(new Mish(), x).ToArray<double>();
        Assert.Equal(0.7 * Math.Tanh(Math.Log(1 + Math.Exp(0.7))), y[3], 1e-14);
    }

    [Fact]
    public void OwnNetworkWorksByName()
    {
        ModelCatalog.Add(new("tiny", "one convolution, one linear layer", (p, classes) => new TinyNet(p, classes)));
        Network network = ModelCatalog.Create("tiny", seed: 1);
        Assert.Equal(new Shape(2, 10), network.Forward(Ops.Zeros([2, 1, 28, 28])).Shape);
        Assert.Equal(new Shape(2, 4, 12, 12), network.Tap("conv", Ops.Zeros([2, 1, 28, 28])).Shape);
        Assert.Equal(["conv.weight", "conv.bias", "fc.weight", "fc.bias"], network.Parameters.Select(p => p.Name));
    }

    [DataFact("mnist", "weights")]
    public void SomebodyElsesNetworkHasTheAccuracyThatIsStatedOfIt()
    {
        ProvableNet network = ProvableNet.Load(
            Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "weights", "mnist", "kw_mnist.pth"));
        Assert.Equal((982, 1000), Evaluator.Accuracy(network, DataSets.Open("mnist", Split.Test), 1000));
    }

    [Fact]
    public void OwnAttackRunsFromItsOptions()
    {
        AttackEntry entry = new("noise", typeof(NoiseAttack), "random points of a ball", "-");
        var attack = (BallAttack)AttackBinder.Bind(entry, new Dictionary<string, string> { ["epsilon"] = "0.6", ["draws"] = "20" });
        Classifier line = new(
            x => x.Reshape(-1, 1) * Tensor.From([1f, -1f]).Reshape(1, 2) - Tensor.From([0.5f, -0.5f]).Reshape(1, 2), [1, 1, 1], 2);
        AttackResult result = attack.Run(line, new(Tensor.From([0.9f], [1, 1, 1, 1]), [0]));
        Assert.True(result.Examples[0].Success);
        Assert.InRange(result.Output.ToArray<float>()[0], 0.3f - 1e-6f, 0.5f);
    }

    [Fact]
    public void OwnProbeMeasuresTheSlope()
    {
        // Logits ±w·(x − ½): the loss is log(1 + e^(−2 w (x − ½)/T)), whose slope is 2 w/T · σ(−2 w (x − ½)/T).
        Classifier line = new(
            x => x.Reshape(-1, 1) * Tensor.From([3.0, -3.0]).Reshape(1, 2) - Tensor.From([1.5, -1.5]).Reshape(1, 2), [1, 1, 1], 2);
        LossSlope.Row row = new LossSlope(Temperature: 2).Measure(line, Tensor.From([0.9], [1, 1, 1, 1]), 0, new Rng(0));
        Assert.Equal(Math.Log(1 + Math.Exp(-1.2)), row.Loss, 1e-12);
        Assert.Equal(3 / (1 + Math.Exp(1.2)), row.Slope, 1e-12);
    }

    [Fact]
    public void OwnThreatAndLossWorkWithEveryAttack()
    {
        ThreatCatalog.Add("patch", text => new Patch(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
        Loss.Add(Loss.Of("logit", (logits, classes) => -logits.Gather(1, Tensor.From(classes, [classes.Length, 1])).Squeeze(1)));
        Dictionary<string, string> words = new() { ["threat"] = "patch:2", ["loss"] = "logit", ["steps"] = "5" };
        Attack attack = AttackBinder.Bind(AttackCatalog.Find("pgd"), words);
        Assert.Equal("logit", ((Pgd)attack).Loss.ToString());
        Tensor images = Ops.Full([1, 1, 4, 4], 0.5, DType.F32);
        Classifier sum = new(
            x => Ops.Concat([x.Flatten().Sum([1], keepDims: true) - 10, 10 - x.Flatten().Sum([1], keepDims: true)], 1), [1, 4, 4], 2);
        AttackResult result = attack.Run(sum, new(images, [1]));
        Assert.True(result.Examples[0].Success);
        Assert.Equal([1, 1, 0.5f, 0.5f, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], result.Output.ToArray<float>());
    }

    private static string Part(string file, string mark, int indent)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root, "tests", "Docs", file));
        int from = Array.FindIndex(lines, line => line.Trim() == $"// <{mark}>");
        int to = Array.FindIndex(lines, line => line.Trim() == $"// </{mark}>");
        return string.Join('\n', lines[(from + 1)..to].Select(line => line.Length >= indent ? line[indent..] : line));
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests must run inside the repository");
    }
}
