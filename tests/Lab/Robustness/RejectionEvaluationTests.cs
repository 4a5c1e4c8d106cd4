using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;
using Xunit;

namespace MiniGrad.Tests.Lab.Robustness;

/// <summary>An evaluation of a classifier of one pixel, for which every attack's outcome is known.</summary>
public sealed class RejectionEvaluationTests
{
    private const double Steepness = 4;

    private const double Radius = 0.1;

    private const int Clean = 40;

    /// <summary>Class 0 where the pixel is above one half: logits ±4 (x − ½).</summary>
    private static readonly Classifier Step = new(
        x => (x.Reshape(-1, 1) - 0.5) * Tensor.From([Steepness, -Steepness], [1, 2]), [1, 1, 1], 2);

    /// <summary>Pixels 2 to 236 in an order that mixes them, every seventh with the wrong label.</summary>
    private static readonly ImageDataSet Pixels = new("pixels", 1, 1, 1,
        [.. Enumerable.Range(0, Clean).Select(Pixel)],
        [.. Enumerable.Range(0, Clean).Select(i => (Pixel(i) > 127 ? 0 : 1) ^ (i % 7 == 6 ? 1 : 0))], ["above", "below"]);

    private static readonly NamedAttack Strong = new("pgd", new Pgd(Threat.Linf(Radius), Steps: 10) { Restarts = 2 });

    private static readonly NamedAttack Weak = new("weak", new Pgd(Threat.Linf(Radius / 4), Steps: 3) { Loss = Loss.Confidence });

    [Fact]
    public void HasTheNumbersOfTheClosedForm()
    {
        RobustnessInput input = RobustnessInput.Of(Pixels, [Weak, Strong], count: 30);
        RobustnessResult result = new RejectionEvaluation(Step, input, DType.F64).Run(0.7, new RunContext());
        Verdict[] clean = [.. Enumerable.Range(0, Clean).Select(i => Known(i, 0))];
        double[] kept = [.. clean[36..].Where(v => !v.IsWrong).Select(v => v.Confidence).Order()];
        Assert.Equal(4, kept.Length);
        Assert.Equal(kept[1], result.Threshold, 1e-12);
        Assert.Equal(4, result.ValidationCount);
        Assert.Equal(["weak", "pgd"], result.Attacks.Select(a => a.Name));
        AssertNear(Expected(result.Threshold, clean, Radius / 4), result.Attacks[0].Report);
        AssertNear(Expected(result.Threshold, clean, Radius), result.Attacks[1].Report);
        // The strong attack is the worse one for every image.
        Assert.Equal(result.Attacks[1].Report, result.WorstCase.Report);
        Assert.True(result.Attacks[0].Report.RobustError < result.Attacks[1].Report.RobustError);
        Assert.NotEqual(result.WorstCase.Report.RobustError, result.WorstCase.Report.RobustErrorAccepted);
        Assert.Equal(0, result.NonFinite);
    }

    [Fact]
    public void DoesNotDependOnHowImagesAreCut()
    {
        Classifier classifier = ClosedForm(seed: 2);
        RobustnessInput input = RobustnessInput.Of(Squares(60, classifier), [Strong, Weak], count: 50);
        string whole = Json(new RejectionEvaluation(classifier, input, DType.F32).Run(0.9, new RunContext { Seed = 3 }));
        foreach (int chunk in (int[])[1, 7, 50])
        {
            RunContext run = new() { Seed = 3, ChunkSize = chunk };
            Assert.Equal(whole, Json(new RejectionEvaluation(classifier, input, DType.F32).Run(0.9, run)));
        }
        Assert.NotEqual(whole, Json(new RejectionEvaluation(classifier, input, DType.F32).Run(0.9, new RunContext { Seed = 4 })));
    }

    [Fact]
    public void EveryStartCounts_OfBrokenImagesToo()
    {
        AssertWorstOfStarts(new Pgd(Threat.Linf(Radius), Steps: 1, StepSize: 0.01) { Restarts = 4 }, least: 1);
        // This one begins at the image, and goes elsewhere only where it begins again.
        AssertWorstOfStarts(new PgdConf(Threat.Linf(Radius), Steps: 2, StepSize: 0.05) { Restarts = 4 }, least: 0);
    }

    [Fact]
    public void WhereTheClassifierIsUndefined_TheCleanImageCounts()
    {
        // Steps of 0.025 from 100 / 255 meet the hole at the third one; no other image comes near it.
        Classifier hole = new(x =>
        {
            Tensor logits = Step.Logits(x);
            return Ops.Where((x.Reshape(-1, 1) - 0.465).Abs() < 0.015, Ops.Like(logits, double.NaN), logits);
        }, [1, 1, 1], 2);
        ImageDataSet set = new("pixels", 1, 1, 1, [100, 217, 20, 240, 30], [1, 0, 1, 0, 1], ["above", "below"]);
        NamedAttack steps = new("steps", new Pgd(Threat.Linf(Radius), Steps: 10, RandomStart: false));
        RobustnessInput input = RobustnessInput.Of(set, [steps, Weak]);
        RejectionEvaluation evaluation = new(hole, input, DType.F64);
        IReadOnlyList<AttackedRow> rows = evaluation.Attacked(0, 4, new RunContext());
        Assert.Equal([true, false, false, false], rows.Select(row => double.IsNaN(row.Attacks[0].Confidence)));
        CleanVerdicts clean = evaluation.Clean(0.9, null, CancellationToken.None);
        RobustnessResult result = RobustnessResult.Of(input, clean, rows);
        Verdict[] attacked = [clean.All[0], .. rows.Skip(1).Select(row => row.Attacks[0].About(row.Label))];
        Assert.Equal(RejectionReport.At(result.Threshold, clean.All.AsSpan(0, 4), attacked), result.Attacks[0].Report);
        Assert.Equal((1, 0, 1), (result.Attacks[0].NonFinite, result.Attacks[1].NonFinite, result.NonFinite));
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        RobustnessInput input = RobustnessInput.Of(Pixels, [Strong], count: 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RejectionEvaluation(Step, input, DType.F64).Run(1, new RunContext()));
        Assert.Throws<UsageException>(() => RobustnessInput.Of(Pixels, []));
        Assert.Throws<UsageException>(() => RobustnessInput.Of(Pixels, [Strong], cleanCount: Clean + 1));
        Assert.Contains("has 36", Assert.Throws<UsageException>(() => RobustnessInput.Of(Pixels, [Strong], count: 37)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no part to test on", Assert.Throws<UsageException>(() => RobustnessInput.Of(Pixels, [Strong], 1)).Message,
            StringComparison.Ordinal);
        Classifier wrong = new(x => -Step.Logits(x), [1, 1, 1], 2);
        RobustnessInput few = RobustnessInput.Of(Pixels, [Strong], cleanCount: 10);
        Assert.Contains("none of 1 validation images", Assert.Throws<InputException>(
            () => new RejectionEvaluation(wrong, few, DType.F64).Run(0.99, new RunContext())).Message, StringComparison.Ordinal);
        Classifier infinite = new(x => Step.Logits(x) * double.PositiveInfinity, [1, 1, 1], 2);
        Assert.Contains("image 0", Assert.Throws<NumericalException>(
            () => new RejectionEvaluation(infinite, input, DType.F64).Run(0.99, new RunContext())).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => new RejectionEvaluation(Step, input, DType.F64).Run(0.9,
            new RunContext { Cancellation = new CancellationToken(true) }));
    }

    [Fact]
    public void ProgressIsThatOfAllAttacksAndStarts()
    {
        List<double> shares = [];
        RunContext run = new() { Progress = new InlineProgress<RunProgress>(p => shares.Add((double)p.Iteration / p.Iterations)) };
        new RejectionEvaluation(Step, RobustnessInput.Of(Pixels, [Strong, Weak], count: 5), DType.F64).Attacked(0, 5, run);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
        Assert.True(shares.Count > 10);
    }

    /// <summary>Runs each start alone and asks that the worst one counts, and that each is the worst of some images.</summary>
    private static void AssertWorstOfStarts(BallAttack attack, int least)
    {
        Classifier classifier = ClosedForm(seed: 2);
        ImageDataSet set = Squares(40, classifier);
        RobustnessInput input = RobustnessInput.Of(set, [new("starts", attack)], count: 36);
        IReadOnlyList<AttackedRow> rows = new RejectionEvaluation(classifier, input, DType.F32).Attacked(0, 36, new RunContext());
        Examples examples = new(set.Images(0, 36), set.Labels[..36]);
        Verdict[][] starts = [.. Enumerable.Range(0, attack.Restarts).Select(start =>
        {
            RunContext run = new() { FirstStart = start, AttacksMet = true };
            return Verdict.Of(classifier.Logits((attack with { Restarts = 1 }).Run(classifier, examples, run).Output), examples.Labels);
        })];
        int[] chosen = new int[attack.Restarts];
        for (int i = 0; i < 36; i++)
        {
            Verdict[] all = [.. starts.Select(s => s[i])];
            Verdict[] wrong = [.. all.Where(v => v.IsWrong)];
            double most = (wrong.Length > 0 ? wrong : all).Max(v => v.WrongConfidence);
            Assert.Equal((i, set.Labels[i], most), (rows[i].Index, rows[i].Label, rows[i].Attacks[0].WrongConfidence));
            chosen[Array.FindIndex(all, v => v.WrongConfidence == most)]++;
        }
        Assert.All(chosen, count => Assert.InRange(count, least, 35));
    }

    private static string Json(RobustnessResult result) => result.ToJson().ToJsonString();

    private static byte Pixel(int i) => (byte)(i * 97 % Clean * 6 + 2);

    /// <summary>The verdict about an image that was moved by a distance against its label.</summary>
    private static Verdict Known(int i, double distance)
    {
        int label = Pixels.Labels[i];
        double x = Math.Clamp(Pixel(i) / 255f + (label == 0 ? -distance : distance), 0, 1);
        double below = 1 / (1 + Math.Exp(2 * Steepness * (x - 0.5)));
        int prediction = x >= 0.5 ? 0 : 1;
        return new(prediction, prediction != label, Math.Max(below, 1 - below), label == 0 ? below : 1 - below);
    }

    private static RejectionReport Expected(double threshold, Verdict[] clean, double distance) =>
        RejectionReport.At(threshold - 1e-9, clean.AsSpan(0, 36), [.. Enumerable.Range(0, 30).Select(i => Known(i, distance))]);

    private static void AssertNear(RejectionReport expected, RejectionReport found) =>
        Assert.Equal(expected with { Threshold = found.Threshold }, found);

    /// <summary>Images of 2 × 2 that mostly have the label which a network gives them.</summary>
    private static ImageDataSet Squares(int count, Classifier classifier)
    {
        byte[] pixels = [.. new Rng(8).Uniform(4 * count).Select(v => (byte)(255 * v))];
        ImageDataSet bare = new("squares", 1, 2, 2, pixels, new int[count], ["0", "1", "2"]);
        int[] predicted = Logits.Prediction(classifier.Logits(bare.Images(0, count)));
        return new("squares", 1, 2, 2, pixels, [.. predicted.Select((k, i) => i % 9 == 4 ? (k + 1) % 3 : k)], ["0", "1", "2"]);
    }

    private static Classifier ClosedForm(long seed) => Probes.ClosedForm.TwoLayer([1, 2, 2], 3, seed: seed);
}
