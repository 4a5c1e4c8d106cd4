using System.Text.Json;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Goldens;

/// <summary>The subject of training.jsonl: its network, its images, and what the file's formulas make of them.</summary>
internal static class TrainingGolden
{
    private static readonly GoldenRecord Subject = Find("network", "subject");

    public static Tensor Images { get; } = Subject.Inputs[0].Build(DType.F64, Device.Cpu).Clamp(0, 1);

    public static int[] Labels { get; } = [.. Subject.Json.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    public static double[] Logits { get; } = GoldenRecord.Numbers(Subject.Json.GetProperty("logits"));

    public static GoldenRecord Find(string name, string @case) => GoldenFile.Find("training.jsonl", name, @case, "f64");

    public static GoldenTrainee Network() => new(Params.From(Weights(Subject), DType.F64));

    /// <summary>The network of a record with one more output, whose last row is scaled and becomes the temperature.</summary>
    public static GoldenTrainee NetworkWithTemperature(GoldenRecord record)
    {
        Dictionary<string, Tensor> weights = Weights(record);
        double scale = Option(record, "last_row_scale");
        foreach (string kind in (string[])["weight", "bias"])
        {
            Tensor all = weights[$"fc.{kind}"];
            weights[$"fc.{kind}"] = all.Slice(0, 0, all.Shape[0] - 1).Contiguous();
            weights[$"temperature.{kind}"] = all.Slice(0, all.Shape[0] - 1) * scale;
        }
        return new(Params.From(weights, DType.F64), hasTemperature: true);
    }

    /// <summary>clamp(image + factor · noise), a factor for each row.</summary>
    public static Tensor Moved(JsonElement how)
    {
        Tensor factors = Tensor.From(GoldenRecord.Numbers(how.GetProperty("factors")), [Labels.Length, 1, 1, 1]);
        return (Images + factors * new GoldenInput(how.GetProperty("noise")).Build(DType.F64, Device.Cpu)).Clamp(0, 1);
    }

    /// <summary>A ball in which every search starts at the images moved by a record's noise.</summary>
    public static Threat StartingAt(this Threat ball, GoldenRecord record) =>
        new StartingThreat(ball, Images + new GoldenInput(record.Json.GetProperty("start")).Build(DType.F64, Device.Cpu));

    public static double Option(GoldenRecord record, string name) => record.Json.GetProperty("options").GetProperty(name).GetDouble();

    public static double[] Numbers(GoldenRecord record, string name) => GoldenRecord.Numbers(record.Json.GetProperty(name));

    /// <summary>Numbers for each step.</summary>
    public static double[][] Lists(GoldenRecord record, string name) =>
        [.. record.Json.GetProperty(name).EnumerateArray().Select(GoldenRecord.Numbers)];

    private static Dictionary<string, Tensor> Weights(GoldenRecord record) =>
        record.Specs("parameters").ToDictionary(spec => spec.Name, spec => spec.Build(DType.F64, Device.Cpu));

    private sealed record StartingThreat(Threat Ball, Tensor Points) : Threat(Ball.Radius)
    {
        public override double[] Distance(Tensor clean, Tensor point) => Ball.Distance(clean, point);

        public override Tensor Project(Tensor clean, Tensor point) => Ball.Project(clean, point);

        public override Tensor Steepest(Tensor gradient) => Ball.Steepest(gradient);

        public override Tensor RandomStart(Tensor clean, Rng[] rngs) => Points;

        public override Tensor Unchanged(Tensor clean) => Points;
    }
}

/// <summary>A convolution, a pool and a linear layer for 1 × 6 × 6, with or without a temperature.</summary>
internal sealed class GoldenTrainee(Params p, bool hasTemperature = false) : Network(p)
{
    private readonly Conv2d conv = new(p / "conv", 1, 4, 3, ConvOptions.Square(pad: 1));
    private readonly Linear fc = new(p / "fc", 36, 5);
    private readonly Temperature? temperature = hasTemperature ? new(p / "temperature", 36) : null;

    public override Shape InputShape => [1, 6, 6];

    public override int ClassCount => 5;

    public override bool IsPiecewiseLinear => temperature is null;

    public override IReadOnlyList<string> Taps => temperature is null ? ["relu"] : ["relu", Temperature.TapName];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor activations = conv.Forward(x, pass, null, Activation.Relu);
        pass?.Tap?.Invoke("relu", activations);
        Tensor features = activations.MaxPool(2).Flatten();
        Tensor logits = fc.Forward(features, pass);
        return temperature is null ? logits : temperature.Forward(features, logits, pass);
    }
}

/// <summary>An attack whose result is known beforehand: one point for each row.</summary>
internal sealed record KnownAttack(Tensor Points) : BallAttack<PointState>(Threat.Linf(0.3))
{
    protected override int Iterations => 0;

    protected override PointState Start(SearchRows rows) => new(Points);

    protected override PointState Step(SearchRows rows, PointState state) => throw new NotSupportedException("There is no step.");
}
