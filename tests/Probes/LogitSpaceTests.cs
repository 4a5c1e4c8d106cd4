using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The search in logit space: the plain algorithm, its objectives, what it keeps.</summary>
public class LogitSpaceTests
{
    private const int Count = 5;
    private static readonly Shape Shape = [1, 3, 4];
    private static readonly double[][] Weight = [.. Enumerable.Range(0, 3).Select(k => new Rng(7).At(k).Normal(12))];
    private static readonly double[] Bias = [0.1, -0.2, 0.3];
    private static readonly Classifier Linear = ClosedForm.Linear(Weight, Bias, Shape);
    private static readonly Tensor Pool = ClosedForm.Images(40, Shape, 1, DType.F64);
    private static readonly int[] Classes = Logits.Prediction(Linear.Logits(Pool));
    private static readonly int[] Labels = Classes[..Count];
    private static readonly Tensor Sources = Pool.TakeIndices(0, [0, 1, 2, 3, 4]);
    private static readonly Tensor Targets = Pool.TakeIndices(0,
        [.. Labels.Select((label, i) => Enumerable.Range(Count + 3 * i, 20).First(k => Classes[k] != label))]);

    public static TheoryData<LogitSpace> Searches =>
    [
        new(Iterations: 12, StepSize: 0.03),
        new(Iterations: 12, StepSize: 0.03, Shift: 0.4, SoftmaxWeight: 2),
        new(Iterations: 1),
        new(Iterations: 9, StepSize: 0.02, VariationWeight: 0, From: LogitStart.Target),
        new(LogitObjective.Escape, Iterations: 9, StepSize: 0.02, VariationWeight: 3),
        new(LogitObjective.Released, Iterations: 20, StepSize: 0.03, From: LogitStart.Target),
    ];

    [Theory]
    [MemberData(nameof(Searches))]
    public void ItIsThePlainAlgorithm(LogitSpace attack)
    {
        AttackResult result = Run(attack, seed: 4);
        for (int i = 0; i < Count; i++)
        {
            (double[] end, double gap) = Plain(attack, i, seed: 4);
            Numbers.Close(end, ClosedForm.Row(result.Output, i), _ => 1e-12, $"{attack}, example {i}");
            ExampleResult e = result.Examples[i];
            double hop = ClosedForm.Norm(ClosedForm.Minus(end, ClosedForm.Row(Sources, i)));
            Assert.Equal(FormattableString.Invariant($"confidence {gap:F4} off the source's, at a distance of {hop:F3}"), e.Note);
            Assert.Equal((ExampleStatus.Completed, attack.Iterations, attack.Iterations - 1), (e.Status, e.Iterations, e.Gradients));
            Assert.Equal(gap, Math.Abs(e.Confidence - e.SourceConfidence), 1e-12);
        }
    }

    // A source of noise has nothing of the source but what the network sees.
    [Fact]
    public void MatchFindsTheSourcesConfidenceFarAway()
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult result = problem.Run(new LogitSpace());
        Assert.All(result.Examples.Where(e => e.Counts), e =>
        {
            Assert.InRange(Math.Abs(e.Confidence - e.SourceConfidence), 0, 0.05);
            double[] change = ClosedForm.Minus(ClosedForm.Row(result.Output, e.Index), ClosedForm.Row(problem.Images, e.Index));
            Assert.InRange(ClosedForm.Norm(change) / Math.Sqrt(change.Length), 0.15, 1);
        });
    }

    [Fact]
    public void MoreImagesAreNeverFarther()
    {
        double[] before = [.. Enumerable.Repeat(double.PositiveInfinity, Count)];
        int nearer = 0;
        foreach (int iterations in (int[])[1, 2, 4, 8, 16, 32])
        {
            AttackResult result = Run(new LogitSpace(Iterations: iterations, StepSize: 0.02), seed: 2);
            for (int i = 0; i < Count; i++)
            {
                double gap = Math.Abs(result.Examples[i].Confidence - result.Examples[i].SourceConfidence);
                Assert.True(gap <= before[i] + 1e-12);
                if (gap < before[i] - 1e-6) nearer++;
                before[i] = gap;
            }
        }
        Assert.True(nearer > 2 * Count);
    }

    [Fact]
    public void AFreeShiftIsBlindToWhatAllLogitsShare()
    {
        Classifier shifted = new(x => Linear.Logits(x) + x.Flatten().Square().Sum(1, keepDims: true) * 3, Shape, 3);
        Tensor source = Linear.Logits(Sources);
        Tensor shiftedSource = shifted.Logits(Sources);
        foreach (LogitObjective objective in (LogitObjective[])[LogitObjective.Match, LogitObjective.Escape])
        {
            LogitSpace free = new(objective);
            Numbers.Close(free.OfLogits(Linear.Logits(Targets), source), free.OfLogits(shifted.Logits(Targets), shiftedSource),
                _ => 1e-10, $"{objective}");
        }
        LogitSpace search = new(Iterations: 10, StepSize: 0.03);
        Numbers.Close(Run(search).Output, search.Run(shifted, Sources, Targets, Labels).Output, _ => 1e-9, "the search");
        LogitSpace held = search with { Shift = 0 };
        double[] one = ClosedForm.Doubles(held.OfLogits(Linear.Logits(Targets), source));
        double[] other = ClosedForm.Doubles(held.OfLogits(shifted.Logits(Targets), shiftedSource));
        Assert.All(one.Zip(other), pair => Assert.NotEqual(pair.First, pair.Second, 1e-3));
    }

    // Two classes of equal logits: the free shift leaves no distance, a shift of h leaves 2h².
    [Fact]
    public void AShiftIsAddedToEveryDifference()
    {
        Tensor same = Tensor.From([1.0, 1], [1, 2]);
        Assert.Equal(0, new LogitSpace().OfLogits(same + 5, same).Item());
        Assert.Equal(0.5, new LogitSpace(Shift: -4.5).OfLogits(same + 5, same).Item(), 1e-12);
        Assert.Equal(-0.5, new LogitSpace(LogitObjective.Escape, Shift: -4.5).OfLogits(same + 5, same).Item(), 1e-12);
        // Softmax (1, 0) and (0, 1) in the limit: a squared distance of 2, times the weight, less the distance of the logits.
        Tensor left = Tensor.From([100.0, 0], [1, 2]);
        Tensor right = Tensor.From([0.0, 100], [1, 2]);
        Assert.Equal(20 + 20000, new LogitSpace().OfLogits(left, right).Item(), 1e-9);
        Assert.Equal(6 - 20000, new LogitSpace(LogitObjective.Escape, SoftmaxWeight: 3).OfLogits(left, right).Item(), 1e-9);
    }

    [Fact]
    public void VariationMakesTheChangeSmoother()
    {
        double Rough(double weight)
        {
            AttackResult result = Run(new LogitSpace(VariationWeight: weight, Iterations: 40, StepSize: 0.02), seed: 3);
            return ClosedForm.Doubles(MiniGrad.Probes.Distances.TotalVariation.Of(result.Output - Sources)).Sum();
        }
        Assert.True(Rough(1000) < 0.5 * Rough(0));
    }

    [Fact]
    public void FromTheTargetItSucceedsNearIt()
    {
        AttackResult result = Run(new LogitSpace(LogitObjective.Released, StepSize: 0.005, From: LogitStart.Target) { SuccessRmse = 0.3 });
        ExampleResult[] counted = [.. result.Examples.Where(e => e.Counts)];
        Assert.NotEmpty(counted);
        Assert.All(counted, e =>
        {
            Assert.True(e.Success);
            Assert.Equal(e.SourceClass, e.Prediction);
            Assert.InRange(e.DistanceLinf, 1e-3, 0.005 * 199);
        });
    }

    [Fact]
    public void AnImageOfNanIsNotKept()
    {
        Classifier broken = ClosedForm.NanBeyond(Linear, 2.0 / 3);
        Tensor dark = Sources * 0.5;
        Tensor bright = Targets * 0.1 + 0.9;
        AttackResult result = new LogitSpace(Iterations: 4, From: LogitStart.Target)
            .Run(broken, dark, bright, Logits.Prediction(Linear.Logits(dark)), new RunContext { Force = true });
        Assert.All(result.Examples, e => Assert.Equal((ExampleStatus.NonFinite, 1, false), (e.Status, e.Iterations, e.Success)));
        Numbers.SameBits(dark, result.Output, "the source stays");
    }

    [Fact]
    public void SourcesAndTargetsThatDoNotFitAreNamed()
    {
        Tensor targets = Ops.Concat([Targets.TakeIndices(0, [0, 1]), Sources.TakeIndices(0, [2]), Sources.TakeIndices(0, [3]) * 0.999], 0);
        int[] labels = [.. Labels[..4]];
        labels[1] = (labels[1] + 1) % 3;
        LogitSpace search = new(Iterations: 3);
        foreach (Traversal attack in (Traversal[])[search, new Nspgd(Iterations: 3) { StartAt = search }])
        {
            AttackResult Of(bool force) => attack.Run(
                Linear, Sources.TakeIndices(0, [0, 1, 2, 3]), targets, labels, new RunContext { Force = force });
            (AttackResult result, AttackResult forced) = (Of(false), Of(true));
            Assert.Equal([ExampleStatus.SourceMisclassified, ExampleStatus.TargetEqualsSource, ExampleStatus.SameClass],
                result.Examples[1..].Select(e => e.Status));
            Assert.Equal([false, true, false], result.Examples[1..].Select(e => e.Counts));
            Assert.Equal([false, true, false], result.Examples[1..].Select(e => e.Success));
            for (int i = 1; i < 4; i++)
            {
                Assert.Equal((0, 0, 0), (result.Examples[i].Iterations, result.Examples[i].Forwards, result.Examples[i].Gradients));
                Numbers.SameBits(Sources.TakeIndices(0, [i]), result.Output.TakeIndices(0, [i]), $"{attack}, example {i}");
            }
            Assert.Equal((ExampleStatus.SameClass, false), (forced.Examples[3].Status, forced.Examples[3].Counts));
            Assert.True(forced.Examples[3].Iterations >= 3);
            Assert.Equal(result.Examples[..3], forced.Examples[..3]);
        }
    }

    private static AttackResult Run(LogitSpace attack, long seed = 0) =>
        attack.Run(Linear, Sources, Targets, Labels, new RunContext { Seed = seed });

    /// <summary>Algorithm 2 as loops over doubles, for z = W x + b.</summary>
    private static (double[] End, double Gap) Plain(LogitSpace attack, int row, long seed)
    {
        double[] source = ClosedForm.Row(Sources, row);
        double[] wanted = Softmax(Affine(source));
        int label = Labels[row];
        float[] noise = new Rng(seed).At("example").At(row).At("logit-space").Uniform(source.Length);
        double[] x = attack.From == LogitStart.Target
            ? ClosedForm.Row(Targets, row)
            : [.. source.Zip(noise, (s, u) => Math.Clamp(s + ((double)u * 2 - 1), 0, 1))];
        (double[] best, double gap) = (source, double.PositiveInfinity);
        for (int i = 0; i < attack.Iterations; i++)
        {
            double[] p = Softmax(Affine(x));
            if (Math.Abs(p[label] - wanted[label]) < gap) (best, gap) = (x, Math.Abs(p[label] - wanted[label]));
            double[] gradient = Slope(attack, x, source, label);
            x = [.. x.Zip(gradient, (v, g) => Math.Clamp(v - attack.StepSize * Math.Sign(g), 0, 1))];
        }
        return (best, gap);
    }

    private static double[] Slope(LogitSpace attack, double[] x, double[] source, int label)
    {
        (double[] z, double[] wanted) = (Affine(x), Affine(source));
        (double[] p, double[] q) = (Softmax(z), Softmax(wanted));
        double[] ofLogits = new double[3];
        if (attack.Objective == LogitObjective.Released)
        {
            for (int k = 0; k < 3; k++) ofLogits[k] = p[label] < q[label] ? p[label] * (p[k] - (k == label ? 1 : 0)) : 0;
            return PullBack(ofLogits);
        }
        double[] change = ClosedForm.Minus(z, wanted);
        double shift = attack.Shift ?? -change.Average();
        double[] off = ClosedForm.Minus(p, q);
        double mean = ClosedForm.Dot(p, off);
        double sign = attack.Objective == LogitObjective.Escape ? -1 : 1;
        for (int k = 0; k < 3; k++)
        {
            ofLogits[k] = sign * 2 * (change[k] + shift) + attack.SoftmaxWeight * 2 * p[k] * (off[k] - mean);
        }
        double[] gradient = PullBack(ofLogits);
        double[] d = ClosedForm.Minus(x, source);
        for (int at = 0; at < 12; at++)
        {
            void Step(int next)
            {
                double slope = attack.VariationWeight / 12 * Math.Sign(d[next] - d[at]);
                gradient[next] += slope;
                gradient[at] -= slope;
            }
            if (at / 4 < 2) Step(at + 4);
            if (at % 4 < 3) Step(at + 1);
        }
        return gradient;
    }

    private static double[] PullBack(double[] ofLogits) =>
        [.. Enumerable.Range(0, 12).Select(i => Enumerable.Range(0, 3).Sum(k => ofLogits[k] * Weight[k][i]))];

    private static double[] Affine(double[] x) => [.. Weight.Zip(Bias, (w, b) => ClosedForm.Dot(w, x) + b)];

    private static double[] Softmax(double[] z)
    {
        double[] e = Array.ConvertAll(z, v => Math.Exp(v - z.Max()));
        return Array.ConvertAll(e, v => v / e.Sum());
    }
}
