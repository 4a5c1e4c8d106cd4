using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Level set traversal: closed forms, the plain algorithm, and how each kind of example ends.</summary>
public class LstTests
{
    private static readonly Shape Shape = [1, 4, 4];

    public static TheoryData<double, double, double, Projection, OnViolation> Settings => new()
    {
        { 0.05, 0, 0.2, Projection.Orthogonal, OnViolation.Hold },
        { 0.05, 0.01, 0.2, Projection.Orthogonal, OnViolation.Hold },
        { 0.05, 0.01, 0.2, Projection.Orthogonal, OnViolation.Stop },
        { 0.2, 0.004, 0.05, Projection.Orthogonal, OnViolation.Hold },
        { 0.2, 0.004, 0.05, Projection.Orthogonal, OnViolation.Stop },
        { 0.2, 0.004, 0.05, Projection.HalfSpace, OnViolation.Hold },
        { 0.1, 0, 0.01, Projection.HalfSpace, OnViolation.Stop },
        { 1, 0.002, 0.3, Projection.HalfSpace, OnViolation.Hold },
    };

    // The margin of the second row is so large that the probability is 1 to the last bit; the log-odds still have a slope.
    [Theory]
    [InlineData(DType.F64, 1)]
    [InlineData(DType.F32, 100)]
    public void OnALinearClassifierItIsTheClosedForm(DType type, double margin)
    {
        double[] w = new Rng(1).Normal(16);
        double[] source = ClosedForm.Row(ClosedForm.Images(1, Shape, 5), 0);
        double[] target = [.. source.Zip(new Rng(2).Normal(16), (s, d) => s + d)];
        double slope = 2 * margin / -ClosedForm.Dot(w, ClosedForm.Minus(target, source));
        w = [.. w.Select(v => v * slope)];
        Classifier classifier = ClosedForm.Linear(w, margin - ClosedForm.Dot(w, source), Shape, -10, 10);
        Tensor Image(double[] pixels) => ClosedForm.Constant(pixels, [1, 1, 4, 4], type);
        Lst attack = new(Iterations: 50, StepSize: 0.05, ParallelStep: 0, StartNoise: 0);
        AttackResult result = attack.Run(classifier, Image(source), Image(target), [0], new RunContext { KeepPaths = 1 });
        double[] v = ClosedForm.Minus(target, source);
        double along = ClosedForm.Dot(w, v) / ClosedForm.Dot(w, w);
        double share = 1 - Math.Pow(0.95, 50);
        double[] end = ClosedForm.Row(result.Output, 0);
        for (int i = 0; i < 16; i++) Assert.Equal(source[i] + share * (v[i] - along * w[i]), end[i], type == DType.F64 ? 1e-12 : 2e-5);
        Assert.Equal((ExampleStatus.Completed, 50), (result.Examples[0].Status, result.Examples[0].Iterations));
        Assert.All(result.Paths[0].SourceConfidence, p => Assert.Equal(result.Examples[0].SourceConfidence, p, 1e-6));
        Assert.DoesNotContain(result.Warnings, text => text.StartsWith("zero gradients", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void ItIsThePlainAlgorithm(double step, double parallel, double drop, Projection projection, OnViolation onViolation)
    {
        SphereWalk problem = new(6);
        Lst attack = new(60, step, parallel, drop, 0, projection, onViolation);
        AttackResult result = problem.Run(attack);
        for (int i = 0; i < 6; i++)
        {
            (double[] end, int accepted) = problem.Plain(attack, i);
            Numbers.Close(end, ClosedForm.Row(result.Output, i), _ => 1e-9, $"{attack}, example {i}");
            ExampleResult example = result.Examples[i];
            if (example.Status == ExampleStatus.Completed) Assert.Equal(60, example.Iterations);
            else Assert.True(example.Iterations < 60 || accepted < 60);
            if (example.Status == ExampleStatus.NoProgress) Assert.Equal(0, accepted);
            if (accepted == 0) Assert.True(example.Status is ExampleStatus.NoProgress or ExampleStatus.Completed);
            if (onViolation == OnViolation.Stop && accepted is > 0 and < 60)
            {
                Assert.Equal((ExampleStatus.ConfidenceStop, accepted + 1), (example.Status, example.Iterations));
            }
        }
    }

    [Fact]
    public void HoldingLetsTheParallelStepBuildUpUntilAStepPasses()
    {
        SphereWalk problem = new(6, steepness: 2);
        Lst hold = new(200, 0.3, 0.03, 0.02, 0);
        AttackResult held = problem.Run(hold);
        AttackResult stopped = problem.Run(hold with { OnViolation = OnViolation.Stop });
        Assert.All(stopped.Examples, e => Assert.Equal((ExampleStatus.NoProgress, 1), (e.Status, e.Iterations)));
        Assert.All(held.Examples, e => Assert.Equal(ExampleStatus.Completed, e.Status));
        Assert.InRange(held.Examples.Count(e => e.DistanceL2 < 0.95 * stopped.Examples[e.Index].DistanceL2), 3, 6);
    }

    [Fact]
    public void AStalledRowEndsEarlyWithTheResultOfRunningOn()
    {
        SphereWalk problem = new(6);
        Lst attack = new(300, 0.1, 0.0001, 0.05, 0);
        AttackResult result = problem.Run(attack);
        Assert.Contains(result.Examples, e => e.Status == ExampleStatus.Stalled && e.Iterations < 300);
        for (int i = 0; i < 6; i++)
        {
            Numbers.Close(problem.Plain(attack, i).End, ClosedForm.Row(result.Output, i), _ => 1e-9, $"example {i}");
        }
    }

    // Each orthogonal step of length s adds s² to the squared radius: Σ s² ≤ η/2 · ‖V‖², here at most 0.5 % of 4 R².
    [Fact]
    public void ItStaysOnTheSphereAndEndsWhereTheSphereIsNearest()
    {
        SphereWalk problem = new(6, steepness: 0.5);
        AttackResult result = problem.Run(new Lst(1000, 0.01, 0, 0.2, 0));
        for (int i = 0; i < 6; i++)
        {
            double[] end = ClosedForm.Minus(ClosedForm.Row(result.Output, i), SphereWalk.Centre);
            double[] wanted = ClosedForm.Minus(ClosedForm.Row(problem.Targets, i), SphereWalk.Centre);
            double start = SphereWalk.Distance(ClosedForm.Row(problem.Sources, i));
            Assert.InRange(ClosedForm.Norm(end) / start, 1, 1.015);
            Assert.InRange(ClosedForm.Dot(end, wanted) / (ClosedForm.Norm(end) * ClosedForm.Norm(wanted)), 0.999, 1 + 1e-12);
        }
    }

    [Fact]
    public void EveryAcceptedIterateKeepsTheConfidence()
    {
        SphereWalk problem = new(6);
        foreach (OnViolation rule in Enum.GetValues<OnViolation>())
        {
            AttackResult result = problem.Run(new Lst(80, 0.1, 0.01, 0.05, OnViolation: rule),
                new RunContext { KeepPaths = 6, PathEvery = 1 });
            Assert.Equal(6, result.Paths.Count);
            foreach (WalkPath path in result.Paths)
            {
                ExampleResult example = result.Examples[path.Index];
                Assert.All(path.SourceConfidence, p => Assert.True(example.SourceConfidence - p < 0.05));
                Assert.Equal(example.Iterations + 1, path.SourceConfidence.Length);
                Assert.Equal(example.Confidence, path.SourceConfidence[^1]);
            }
        }
    }

    [Fact]
    public void TheSizeOfTheBatchDoesNotReachTheParallelStep()
    {
        SphereWalk problem = new(1);
        Lst attack = new(40, 0.1, 0.01, 0.1, 0);
        AttackResult one = problem.Run(attack);
        int[] eight = new int[8];
        AttackResult many = attack.Run(problem.Classifier, problem.Sources.TakeIndices(0, eight),
            problem.Targets.TakeIndices(0, eight), [1, 1, 1, 1, 1, 1, 1, 1]);
        for (int i = 0; i < 8; i++) Numbers.SameBits(one.Output, many.Output.TakeIndices(0, [i]), $"copy {i}");
        AttackResult without = problem.Run(attack with { ParallelStep = 0 });
        Assert.NotEqual(ClosedForm.Doubles(one.Output), ClosedForm.Doubles(without.Output));
    }

    [Fact]
    public void TheStartNoiseStaysInItsRadiusAndIsOfTheExample()
    {
        AttackProblem problem = AttackProblem.Random;
        Lst attack = new(Iterations: 0, StartNoise: 4.0 / 255);
        AttackResult result = problem.Run(attack);
        HashSet<double> first = [];
        for (int i = 0; i < problem.Count; i++)
        {
            double[] noise = ClosedForm.Minus(ClosedForm.Row(result.Output, i), ClosedForm.Row(problem.Images, i));
            if (i == AttackProblem.Wrong) continue;
            Assert.Equal(ExampleStatus.Completed, result.Examples[i].Status);
            Assert.InRange(noise.Max(Math.Abs), 3.0 / 255, 4.0 / 255 + 1e-7);
            Assert.True(first.Add(noise[0]));
        }
        Numbers.SameBits(problem.Images, problem.Run(attack with { StartNoise = 0 }).Output, "no noise, no iterations");
    }

    [Fact]
    public void NoiseThatAloneCostsTooMuchIsLeftOutAndNoted()
    {
        Tensor sources = ClosedForm.Constant(Enumerable.Repeat(0.5, 20 * 16).ToArray(), [20, 1, 4, 4], DType.F64);
        Classifier classifier = ClosedForm.Linear(Enumerable.Repeat(100.0, 16).ToArray(), 0.5 - 800, Shape);
        AttackResult result = new Lst(Iterations: 0).Run(classifier, sources, sources * 0.5, new int[20]);
        Assert.Contains(result.Examples, e => e.Note is null);
        Assert.Contains(result.Examples, e => e.Note is not null);
        for (int i = 0; i < 20; i++)
        {
            bool unchanged = ClosedForm.Row(result.Output, i).All(pixel => pixel == 0.5);
            Assert.Equal(unchanged, result.Examples[i].Note?.StartsWith("started without noise", StringComparison.Ordinal) ?? false);
            Assert.True(result.Examples[i].SourceConfidence - result.Examples[i].Confidence < 0.2);
        }
    }

    [Fact]
    public void WhenTheFirstStepFailsForGoodThereIsNoProgress()
    {
        SphereWalk problem = new(4, steepness: 50);
        Lst attack = new(Iterations: 30, StepSize: 1, ParallelStep: 0, ConfidenceDrop: 0.01, StartNoise: 1e-4);
        AttackResult start = problem.Run(attack with { Iterations = 0 });
        foreach (OnViolation rule in Enum.GetValues<OnViolation>())
        {
            AttackResult result = problem.Run(attack with { OnViolation = rule });
            Assert.All(result.Examples, e => Assert.Equal((ExampleStatus.NoProgress, 1, true), (e.Status, e.Iterations, e.Counts)));
            Numbers.SameBits(start.Output, result.Output, "the noisy start");
        }
    }

    [Fact]
    public void ACandidateWithNanLogitsIsRejected()
    {
        double[] w = Enumerable.Repeat(1.0, 16).ToArray();
        Classifier classifier = ClosedForm.NanBeyond(ClosedForm.Linear([new double[16], w], [2, 0], Shape), 0.5);
        Tensor source = ClosedForm.Images(1, Shape, 6, DType.F64, 0.2, 0.4);
        Tensor target = ClosedForm.Images(1, Shape, 7, DType.F64, 0.6, 1);
        Traversal[] walks = [new Lst(100, 0.1, 0, 0.2, 0, Projection: Projection.HalfSpace), new Nspgd(StepSize: 0.1)];
        foreach (Traversal walk in walks)
        {
            AttackResult result = walk.Run(classifier, source, target, [1]);
            Assert.Equal(ExampleStatus.NonFinite, result.Examples[0].Status);
            Assert.InRange(ClosedForm.Row(result.Output, 0).Average(), 0.4, 0.5);
            Assert.True(double.IsFinite(result.Examples[0].Confidence));
            Assert.False(result.Examples[0].Success);
        }
    }

    [Fact]
    public void ConstantLogitsAreWalkedStraightThrough()
    {
        AttackProblem problem =
            AttackProblem.Random with { Classifier = ClosedForm.Constant([1, 0, 0, 0], AttackProblem.Shape), Labels = new int[7] };
        AttackResult result = problem.Run(new Lst(Iterations: 50, StepSize: 0.1, StartNoise: 0), new RunContext { Force = true });
        double left = Math.Pow(0.9, 50);
        for (int i = 0; i < 7; i++)
        {
            double[] source = ClosedForm.Row(problem.Images, i);
            double[] target = ClosedForm.Row(problem.Targets, i);
            double[] end = ClosedForm.Row(result.Output, i);
            for (int p = 0; p < 36; p++) Assert.Equal(target[p] + left * (source[p] - target[p]), end[p], 1e-5);
        }
    }

    [Fact]
    public void SourcesAndTargetsThatDoNotFitAreNamed()
    {
        SphereWalk problem = new(4);
        Tensor targets = Ops.Concat([problem.Targets.TakeIndices(0, [0, 1]), problem.Sources.TakeIndices(0, [2, 0])], 0);
        foreach (Traversal attack in (Traversal[])[new Lst(Iterations: 5), new Nspgd(Iterations: 5)])
        {
            AttackResult result = attack.Run(problem.Classifier, problem.Sources, targets, [1, 0, 1, 1]);
            Assert.Equal(
                [ExampleStatus.Completed, ExampleStatus.SourceMisclassified, ExampleStatus.TargetEqualsSource, ExampleStatus.SameClass],
                result.Examples.Select(e => e.Status));
            Assert.Equal([0, 1, 2, 3], result.Examples.Select(e => e.Index));
            Assert.Equal([true, false, true, false], result.Examples.Select(e => e.Counts));
            Assert.Equal((0, 0), (result.Examples[2].Rmse, result.Examples[2].DistanceLinf));
            for (int i = 1; i < 4; i++)
            {
                Numbers.SameBits(problem.Sources.TakeIndices(0, [i]), result.Output.TakeIndices(0, [i]), $"example {i}");
            }

            AttackResult forced = attack.Run(problem.Classifier, problem.Sources, targets, [1, 0, 1, 1], new RunContext { Force = true });
            Assert.Equal((ExampleStatus.SameClass, 5, false),
                (forced.Examples[3].Status, forced.Examples[3].Iterations, forced.Examples[3].Counts));
            Assert.True(forced.Examples[3].DistanceL2 < result.Examples[3].DistanceL2);
            Assert.Equal(result.Counted, forced.Counted);
        }
    }

    [Fact]
    public void ACourseIsKeptForTheFirstWalks()
    {
        SphereWalk problem = new(5);
        AttackResult result = problem.Run(new Lst(25, StartNoise: 0), new RunContext { KeepPaths = 3, ChunkSize = 2, FirstIndex = 100 });
        Assert.Equal([0, 1, 2], result.Paths.Select(path => path.Index));
        foreach (WalkPath path in result.Paths)
        {
            Assert.Equal([0, 10, 20, 25], path.ImageIterations);
            Assert.Equal(ClosedForm.Row(problem.Sources, path.Index).Select(v => (float)v), path.Images[0]);
            Assert.Equal(ClosedForm.Row(result.Output, path.Index).Select(v => (float)v), path.Images[^1]);
            for (int i = 0; i < 26; i++) Assert.Equal(1, path.SourceConfidence[i] + path.TargetConfidence[i], 1e-12);
        }
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        AttackProblem problem = AttackProblem.Random;
        Lst attack = new(Iterations: 1);
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("sources: image 0 is outside the box", () => (problem with { Images = problem.Images - 1 }).Run(attack));
        Refused("targets: image 0 is outside the box", () => (problem with { Targets = problem.Targets * 3 }).Run(attack));
        Refused("NaN", () => (problem with { Targets = problem.Targets * double.NaN }).Run(attack));
        Refused("6 images for 7", () => (problem with { Targets = problem.Targets.TakeIndices(0, [0, 1, 2, 3, 4, 5]) }).Run(attack));
        Refused("targets: shape [7, 36]", () => (problem with { Targets = problem.Targets.Flatten() }).Run(attack));
        Refused("class 9 of image 1", () => (problem with { Labels = [0, 9, 0, 0, 0, 0, 0] }).Run(attack));
        Refused("empty",
            () => (problem with { Images = Ops.Zeros([0, 1, 6, 6]), Targets = Ops.Zeros([0, 1, 6, 6]), Labels = [] }).Run(attack));
    }
}
