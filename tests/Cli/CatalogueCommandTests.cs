using System.Text.Json.Nodes;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Lab.Checks;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>The commands that describe and check: gradcheck, weights inspect, data info, devices.</summary>
public sealed class CatalogueCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Gradcheck_PassesForEveryOperation()
    {
        JsonObject result = CliRun.Of("gradcheck", "--json").Json;
        Assert.True(result["passed"]!.GetValue<bool>());
        JsonArray checks = result["checks"]!.AsArray();
        Assert.Equal(GradCheckCatalog.All.Count, checks.Count);
        Assert.All(checks, check => Assert.InRange(check!["worst"]!.GetValue<double>(), 0, 1e-7));
        // A check of a function that does not depend on its input proves nothing.
        Assert.All(GradCheckCatalog.All, entry => Assert.Contains(Gradients(entry), value => value != 0));
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-tanh")]
    [InlineData("mlp")]
    public void Gradcheck_PassesForANetwork(string model)
    {
        CliRun run = CliRun.Of("gradcheck", "--model", model, "--seed", "5");
        Assert.Equal(0, run.Code);
        Assert.Contains("passed", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradcheck_FindsAWrongRule()
    {
        ModelCatalog.Add(new("test-with-a-wrong-rule", "for this test", (p, classes) => new WrongNetwork(p, classes)));
        CliRun run = CliRun.Of("gradcheck", "--model", "test-with-a-wrong-rule");
        run.AssertFails(5, "wrong derivatives of test-with-a-wrong-rule");
        Assert.Contains("FAILED", run.Out, StringComparison.Ordinal);
        JsonObject result = JsonNode.Parse(CliRun.Of("gradcheck", "--model", "test-with-a-wrong-rule", "--json").Out)!.AsObject();
        Assert.False(result["passed"]!.GetValue<bool>());
        Assert.Equal(5, result["exit_code"]!.GetValue<int>());
    }

    [Fact]
    public void Inspect_DescribesTensorsAndGuessesTheNetwork()
    {
        string path = TinyModel.Write(folder["."], "mlp", metadata: new Dictionary<string, string> { ["made_by"] = "a test" });
        JsonObject result = CliRun.Of("weights", "inspect", path, "--json").Json;
        Assert.Equal(["mlp"], result["architectures"]!.AsArray().Select(node => node!.GetValue<string>()));
        Assert.Equal("a test", result["metadata"]!["made_by"]!.GetValue<string>());
        Assert.Equal(795_010, result["numbers"]!.GetValue<long>());
        JsonNode first = result["tensors"]![0]!;
        float[] values = ModelCatalog.Create("mlp", 3).Parameters[0].Value.ToArray<float>();
        Assert.Equal("fc1.weight", first["name"]!.GetValue<string>());
        Assert.Equal([1000, 784], first["shape"]!.AsArray().Select(node => node!.GetValue<int>()));
        Assert.Equal(values.Min(), first["min"]!.GetValue<double>());
        Assert.Equal(values.Max(), first["max"]!.GetValue<double>());
        Assert.Equal(values.Average(v => (double)v), first["mean"]!.GetValue<double>(), 1e-12);
        Assert.Equal(1 / 28.0 / Math.Sqrt(3), first["std"]!.GetValue<double>(), 1e-4);
    }

    [Fact]
    public void Inspect_CountsWhatIsNoNumber()
    {
        string path = TinyModel.WriteImages(folder["."], Tensor.From(1f, float.NaN, float.PositiveInfinity, 3f, float.NaN), "odd");
        JsonNode odd = CliRun.Of("weights", "inspect", path, "--json").Json["tensors"]![0]!;
        Assert.Equal(2, odd["nan_count"]!.GetValue<int>());
        Assert.Equal(1, odd["infinity_count"]!.GetValue<int>());
        Assert.Equal(2, odd["mean"]!.GetValue<double>());
        CliRun text = CliRun.Of("weights", "inspect", path);
        Assert.Contains("none of the catalogue fits", text.Out, StringComparison.Ordinal);
        CliRun.Of("weights", "inspect", folder.Put("empty", [])).AssertFails(3, "is empty");
    }

    [Fact]
    public void DataInfo_CountsImagesAndClasses()
    {
        JsonObject result = CliRun.Of("data", "info", "digits", "--json").Json;
        Assert.Equal(60_000, result["train"]!["count"]!.GetValue<int>());
        Assert.Equal(Enumerable.Repeat(1_000, 10), result["test"]!["class_counts"]!.AsArray().Select(node => node!.GetValue<int>()));
        Assert.InRange(result["test"]!["mean"]!.GetValue<double>(), 0.05, 0.3);
    }

    [Fact]
    public void DataFetch_HasNothingToDoForDrawnDigits() => Assert.Equal(0, CliRun.Of("data", "fetch", "digits").Code);

    [Fact]
    public void Devices_NamesTheProcessor()
    {
        JsonArray devices = CliRun.Of("devices", "--json", "--threads", "3").Json["devices"]!.AsArray();
        Assert.Equal("cpu", devices[0]!["name"]!.GetValue<string>());
        Assert.Equal(3, devices[0]!["threads"]!.GetValue<int>());
        Assert.NotEqual("", devices[0]!["processor"]!.GetValue<string>());
        Assert.Contains("reference", CliRun.Of("devices").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceAuto_SaysWhatItTook()
    {
        CliRun run = CliRun.Of("devices", "--device", "auto");
        Assert.Equal(0, run.Code);
        Assert.StartsWith(GpuDevices.All.Any(facts => facts.IsGpu) ? "note: device: gpu:" : "note: device: cpu (",
            run.Error, StringComparison.Ordinal);
    }

    private static double[] Gradients(GradCheckEntry entry)
    {
        Tensor[] leaves = Array.ConvertAll(entry.Point(1), x => x.Tracked());
        return [.. Gradient.Of(entry.Function(leaves).Square().Sum(), leaves).SelectMany(g => g.ToArray<double>())];
    }

    private sealed class WrongRule : LinearOp
    {
        public override string Name => "wrong";

        protected override Tensor Compute(Tensor x) => x.Detach() * 2;

        protected override Tensor Adjoint(Tensor u) => u * 3;
    }

    private sealed class WrongNetwork(Params p, int classes) : Network(p)
    {
        private readonly Linear linear = new(p / "only", 4, classes);

        public override Shape InputShape => [1, 2, 2];

        public override int ClassCount => classes;

        public override bool IsPiecewiseLinear => true;

        public override IReadOnlyList<string> Taps => [];

        public override Tensor Forward(Tensor x, Pass? pass = null) => linear.Forward(new WrongRule().Apply(x.Flatten()), pass);
    }
}
