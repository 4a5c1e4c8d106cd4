using System.Text.Json;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Probes;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>AutoPGD, and Carlini and Wagner, against PyTorch's, at each of their steps.</summary>
public sealed class GradientAttackGoldenTests
{
    private const string File = "attacks.jsonl";
    private const double Tolerance = 1e-9;

    private static readonly GoldenRecord Subject = GoldenFile.Find(File, "network", "subject", "f64");
    private static readonly Tensor Images = Subject.Inputs[0].Build(DType.F64, Device.Cpu).Clamp(0, 1);
    private static readonly int[] Labels = Whole(Subject, "labels");

    [Fact]
    public void TheNetworkIsTheSame() =>
        GoldenAssert.Close("logits", GoldenRecord.Numbers(Subject.Json.GetProperty("logits")), Network().Logits(Images), 1e-12);

    [Theory]
    [InlineData("linf-ce")]
    [InlineData("linf-dlr")]
    [InlineData("linf-targeted")]
    [InlineData("l2-ce")]
    [InlineData("l2-dlr")]
    [InlineData("l2-targeted")]
    public void AutoPgdTakesPyTorchsSteps(string @case)
    {
        GoldenRecord record = GoldenFile.Find(File, "apgd", @case, "f64");
        JsonElement options = record.Json.GetProperty("options");
        (double radius, int steps) = (options.GetProperty("eps").GetDouble(), options.GetProperty("steps").GetInt32());
        StartingBall ball = new(@case[..2] == "l2" ? Threat.L2(radius) : Threat.Linf(radius),
            Images + new GoldenInput(record.Json.GetProperty("start")).Build(DType.F64, Device.Cpu));
        List<ApgdMoment> course = [];
        AutoPgd attack = @case.EndsWith("targeted", StringComparison.Ordinal)
            ? new WatchedTargetedApgd(ball, steps, course)
            : new WatchedApgd(ball, steps, course) { Loss = @case[^3..] == "dlr" ? Loss.Dlr : Loss.CrossEntropy };
        RunContext run = new() { FirstStart = options.GetProperty("rank").ValueKind == JsonValueKind.Number ? Rank(options) : 0 };
        AttackResult result = attack.Run(Network(), new(Images, Labels), run);
        Assert.Equal(Whole(record, "checks"), AutoPgd.Checkpoints(steps));
        Assert.Equal(steps + 1, course.Count);
        if (course[0].Targets is { } targets) Assert.Equal(Whole(record, "targets"), targets);
        double[][] losses = Lists(record, "losses");
        double[][] lengths = Lists(record, "lengths");
        double[] highest = losses[0];
        for (int step = 0; step <= steps; step++)
        {
            AutoPgdProgress[] progress = course[step].Progress;
            highest = [.. highest.Zip(losses[step], Math.Max)];
            double[] raised = Array.ConvertAll(progress, p => p.BestLoss);
            GoldenAssert.Close($"best losses after {step} steps", highest, Tensor.From(raised), Tolerance);
            Assert.Equal(lengths[step], Array.ConvertAll(progress, p => p.Length));
            // Behind a check that halves, what counts is the loss at the best point.
            bool IsHalved(int row) => step > 0 && lengths[step][row] < lengths[step - 1][row];
            double[] expected = [.. losses[step].Select((loss, row) => IsHalved(row) ? highest[row] : loss)];
            GoldenAssert.Close($"losses after {step} steps", expected, Tensor.From(Array.ConvertAll(progress, p => p.Loss)), Tolerance);
        }
        int[] shown = Whole(record, "shown");
        double[][] points = Lists(record, "points");
        for (int k = 0; k < shown.Length; k++)
        {
            GoldenAssert.Close($"point after {shown[k]} steps", points[k], Tensor.From(course[shown[k]].Point), Tolerance);
        }
        GoldenAssert.Close("best point", GoldenRecord.Numbers(record.Json.GetProperty("best")), Tensor.From(course[^1].Best), Tolerance);
        Assert.All(result.Examples, e => Assert.Equal(steps + 1, e.Gradients));
        // The clean image is looked at once more where the classes to try are those of its logits.
        Assert.All(result.Examples, e => Assert.Equal(steps + (course[0].Targets is null ? 1 : 2), e.Forwards));
    }

    [Theory]
    [InlineData("cw-l2", "untargeted")]
    [InlineData("cw-l2", "targeted")]
    [InlineData("cw-linf", "untargeted")]
    [InlineData("cw-linf", "targeted")]
    public void CarliniAndWagnerTakePyTorchsSteps(string name, string @case)
    {
        GoldenRecord record = GoldenFile.Find(File, name, @case, "f64");
        double Option(string key) => record.Json.GetProperty("options").GetProperty(key).GetDouble();
        List<(double Weight, double[] Free)>[] course = [.. Labels.Select(_ => new List<(double, double[])>())];
        MinimalAttack attack = name == "cw-l2"
            ? new WatchedL2((int)Option("n"), (int)Option("searches"), Option("rate"), Option("c"), Option("kappa"), course)
            : new WatchedLinf((int)Option("n"), Option("rate"), Option("c"), Option("most"), Option("factor"), Option("kappa"), course);
        int[] targets = Whole(record, "targets");
        AttackResult result = attack.Run(Network(), new(Images, Labels) { TargetClasses = targets.Length == 0 ? null : targets });
        double[][] weights = Lists(record, "weights");
        double[][] points = Lists(record, "points");
        int every = record.Json.GetProperty("every").GetInt32();
        for (int row = 0; row < course.Length; row++)
        {
            Assert.Equal(record.Json.GetProperty("steps")[row].GetInt32(), course[row].Count);
            Assert.Equal(weights[row], course[row].Select(step => step.Weight));
            double[] found = [.. course[row].Where((_, step) => step % every == 0).SelectMany(step => step.Free)];
            GoldenAssert.Close($"free numbers of row {row}", points[row], Tensor.From(found), Tolerance);
        }
        GoldenAssert.Close("perturbations", GoldenRecord.Numbers(record.Json.GetProperty("best")), result.Output - Images, Tolerance);
        Assert.All(result.Examples, e => Assert.True(e is { Success: true, Status: ExampleStatus.Reached }));
        Assert.Equal(course.Select(steps => steps.Count), result.Examples.Select(e => e.Gradients));
    }

    private static int Rank(JsonElement options) => options.GetProperty("rank").GetInt32();

    private static int[] Whole(GoldenRecord record, string name) =>
        [.. record.Json.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    private static double[][] Lists(GoldenRecord record, string name) =>
        [.. record.Json.GetProperty(name).EnumerateArray().Select(GoldenRecord.Numbers)];

    private static Classifier Network()
    {
        Tensor[] w = [.. Subject.Specs("parameters").Select(spec => spec.Build(DType.F64, Device.Cpu))];
        return new(x => ((x.Flatten() - 0.5).MatMul(w[0]) + w[1]).Tanh().MatMul(w[2]) + w[3], [1, 4, 4], 5);
    }

    /// <summary>A ball in which every search starts from the same points.</summary>
    private sealed record StartingBall(Threat Ball, Tensor Points) : Threat(Ball.Radius)
    {
        public override double[] Distance(Tensor clean, Tensor point) => Ball.Distance(clean, point);

        public override Tensor Project(Tensor clean, Tensor point) => Ball.Project(clean, point);

        public override Tensor Steepest(Tensor gradient) => Ball.Steepest(gradient);

        public override Tensor RandomStart(Tensor clean, Rng[] rngs) => Points;
    }

    private sealed record WatchedL2(int Iterations, int BinarySteps, double StepSize, double FirstWeight, double Confidence,
        List<(double Weight, double[] Free)>[] Course)
        : CarliniWagnerL2(Iterations, BinarySteps, StepSize, FirstWeight, Confidence)
    {
        protected override State Step(SearchRows rows, State state)
        {
            Add(Course, rows, state.Search, [.. state.Progress.Select(p => p.Weight)]);
            return base.Step(rows, state);
        }
    }

    private sealed record WatchedLinf(int Iterations, double StepSize, double FirstWeight, double MostWeight, double BoundFactor,
        double Confidence, List<(double Weight, double[] Free)>[] Course)
        : CarliniWagnerLinf(Iterations, StepSize, FirstWeight, MostWeight, BoundFactor, Confidence)
    {
        protected override State Step(SearchRows rows, State state)
        {
            Add(Course, rows, state.Search, [.. state.Progress.Select(p => p.Weight)]);
            return base.Step(rows, state);
        }
    }

    private static void Add(List<(double, double[])>[] course, SearchRows rows, TanhAdam search, double[] weights)
    {
        double[][] free = [.. GoldenAssert.Doubles(search.Free).Chunk(16)];
        for (int i = 0; i < rows.Count; i++) course[rows.Examples[i]].Add((weights[i], free[i]));
    }
}
