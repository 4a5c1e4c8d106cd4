using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;
using MiniGrad.Training;

namespace MiniGrad.Lab.Robustness;

/// <summary>
/// How robust a classifier is if it may refuse to answer. The confidence that keeps a share of the correctly classified clean images
/// is its threshold; every attack is run from all of its starts on every image, those too that are misclassified as they are,
/// and of what came out the worst counts. Stutz et al., arXiv:1910.06259.
/// </summary>
/// <param name="classifier">The classifier under attack.</param>
/// <param name="input">The images and the attacks.</param>
/// <param name="type">The numbers that the classifier computes with.</param>
internal sealed class RejectionEvaluation(Classifier classifier, RobustnessInput input, DType type)
{
    /// <summary>The whole evaluation in memory; <see cref="RobustnessRun"/> is the same into a run folder.</summary>
    /// <param name="truePositiveRate">The share of correctly classified clean images that the threshold keeps, between 0 and 1.</param>
    /// <param name="run">Seed, cancellation, progress, and how many images are searched together, which changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside (0, 1).</exception>
    /// <exception cref="InputException">No validation image is classified correctly.</exception>
    /// <exception cref="NumericalException">Logits of a clean image are not finite.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public RobustnessResult Run(double truePositiveRate, RunContext run)
    {
        CleanVerdicts clean = Clean(truePositiveRate, null, run.Cancellation);
        List<AttackedRow> rows = [];
        for (int first = 0; first < input.Count; first += run.ChunkSize)
        {
            rows.AddRange(Attacked(first, Math.Min(run.ChunkSize, input.Count - first), run with { FirstIndex = first }));
            run.Cancellation.ThrowIfCancellationRequested();
        }
        return RobustnessResult.Of(input, clean, rows);
    }

    /// <summary>The verdicts about all clean images, and the threshold that follows from the last tenth of them.</summary>
    public CleanVerdicts Clean(double truePositiveRate, IProgress<int>? progress, CancellationToken cancellation)
    {
        RejectionThreshold.Check(truePositiveRate);
        Verdict[] verdicts = new Verdict[input.CleanCount];
        classifier.Batches.Run(verdicts.Length, Evaluator.ChunkOf(classifier.InputShape), (start, count) =>
        {
            cancellation.ThrowIfCancellationRequested();
            Verdicts(input.Set.Images(start, count).Cast(type), start).CopyTo(verdicts, start);
            progress?.Report(start + count);
        });
        int odd = Array.FindIndex(verdicts, v => !v.IsFinite);
        if (odd >= 0) throw Undefined(odd);
        try
        {
            return new(verdicts, truePositiveRate, RejectionThreshold.At(truePositiveRate, verdicts.AsSpan(input.TestCount)));
        }
        catch (InvalidOperationException error)
        {
            throw new InputException(error.Message);
        }
    }

    /// <summary>What the attacks make of some consecutive images; nothing if that was cancelled.</summary>
    public IReadOnlyList<AttackedRow> Attacked(int first, int length, RunContext run)
    {
        Examples examples = new(input.Set.Images(first, length).Cast(type), input.Set.Labels[first..(first + length)]);
        Verdict[][] worst = new Verdict[input.Attacks.Count][];
        int searches = input.Attacks.Sum(a => Starts(a.Attack));
        int done = 0;
        static Verdict WorstOf(Verdict[] all) => all[Verdict.Worst(all) ?? 0];
        for (int k = 0; k < worst.Length; k++)
        {
            List<Verdict[]> starts = [];
            for (int start = 0; start < Starts(input.Attacks[k].Attack); start++)
            {
                if (FromStart(input.Attacks[k].Attack, examples, start, Watched(run, done++, searches)) is not { } verdicts) return [];
                starts.Add(verdicts);
            }
            worst[k] = [.. Enumerable.Range(0, length).Select(i => WorstOf([.. starts.Select(s => s[i])]))];
        }
        return [.. Enumerable.Range(0, length).Select(i => new AttackedRow(
            first + i, examples.Labels[i], [.. worst.Select(w => AttackedVerdict.Of(w[i]))]))];
    }

    /// <summary>That logits of a clean image are not finite.</summary>
    public static NumericalException Undefined(int image) => new($"evaluate: the logits of image {image} are not finite. "
        + "The weights are too large for this precision; try --precision f64.");

    private int Starts(Attack attack) => attack is BallAttack ball ? ball.StartsAt(classifier) : 1;

    /// <summary>
    /// The verdicts about one start's outcome; none if it was cancelled. Starts are run one by one: together, an image that is broken
    /// would not be started again, and what counts is how sure the classifier can be made of its mistake.
    /// </summary>
    private Verdict[]? FromStart(Attack attack, Examples examples, int start, RunContext run)
    {
        AttackResult result = attack.Run(classifier, examples, run with { AttacksMet = true, FirstStart = start, IsOneStart = true });
        if (result.Examples.Any(e => e.Status == ExampleStatus.Interrupted)) return null;
        Verdict[] verdicts = Verdicts(result.Output, run.FirstIndex);
        for (int i = 0; i < verdicts.Length; i++)
        {
            // Where the classifier became undefined the attack returns some point before, which says nothing.
            if (result.Examples[i].Status == ExampleStatus.NonFinite) verdicts[i] = Verdict.Undefined;
        }
        return verdicts;
    }

    private Verdict[] Verdicts(Tensor images, int first) =>
        Arena.Step(() => Verdict.Of(classifier.Logits(images), input.Set.Labels.AsSpan(first, images.Shape[0])), _ => []);

    /// <summary>The run of one of several searches; its progress is that of all of them.</summary>
    private static RunContext Watched(RunContext run, int done, int searches) => run.Progress is not { } progress ? run : run with
    {
        Progress = new InlineProgress<RunProgress>(p =>
        {
            (int of, int all) = (p.Iterations, searches * p.Iterations);
            if (of > 0) progress.Report(p with { Iteration = done * of + p.Iteration, Iterations = all });
        }),
    };
}

/// <summary>The verdicts about the clean images, and the threshold that keeps a share of the correctly classified ones.</summary>
internal sealed record CleanVerdicts(Verdict[] All, double TruePositiveRate, double Threshold);
