using MiniGrad.Lab.Curvature;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// How well the mean of κ̄ tells perturbed from natural images, and the curvatures tell
/// the former label, over all repetitions.
/// </summary>
internal sealed class DetectionResult
{
    private readonly IReadOnlyList<(ScoredSet Natural, ScoredSet Perturbed)> repetitions;

    public DetectionResult(
        Perturbation perturbation, IReadOnlyList<(ScoredSet Natural, ScoredSet Perturbed)> repetitions, long seed, bool successfulOnly)
    {
        Perturbation = perturbation;
        IsOfSuccesses = successfulOnly;
        Total = repetitions.Sum(r => r.Perturbed.Rows.Length);
        Moved = repetitions.Sum(r => r.Perturbed.Moved.Count(m => m));
        this.repetitions = successfulOnly ? [.. repetitions.Select(r => (r.Natural, r.Perturbed.Where(r.Perturbed.Moved)))] : repetitions;
        (double[] scores, bool[] flags, int[] images) = Pool(this.repetitions, set => set.Scores);
        if (flags.Distinct().Count() < 2) return;
        Rng rng = new Rng(seed).At("detection").At(perturbation.Key);
        Roc = Roc.Of(scores, flags);
        (double[] sums, bool[] summed, _) = Pool(this.repetitions, set => set.Sums);
        SumArea = Roc.Of(sums, summed).Area;
        (double[] nearness, bool[] near, _) = Pool(this.repetitions, set => set.Nearness);
        MarginArea = Roc.Of(nearness, near).Area;
        Interval = BootstrapInterval.OfArea(scores, flags, rng.At("bootstrap"));
        Halves = [.. this.repetitions.Where(r => r.Perturbed.Scores.Count(double.IsFinite) > 3)
            .Select((r, k) => Halve(r, rng.At("halves").At(k)))];
        if (CanDraw(flags, images)) Protocol = SmallSampleAccuracy.Of(scores, flags, rng.At("study"), StudySize, images: images);
        (double[] Scores, int Original)[] moves = [.. Moves];
        if (moves.Length > 0) Ranks = RankHistogram.Of([.. moves.Select(m => m.Scores)], [.. moves.Select(m => m.Original)]);
    }

    /// <summary>Natural images of the study's experiment, and as many perturbed ones.</summary>
    public const int StudySize = 25;

    public Perturbation Perturbation { get; }

    /// <summary>Whether only perturbed images whose class changed are among the examples.</summary>
    public bool IsOfSuccesses { get; }

    /// <summary>Perturbed images, and those among them whose class changed.</summary>
    public int Total { get; }

    /// <inheritdoc cref="Total"/>
    public int Moved { get; }

    /// <summary>Over all repetitions; none if nothing was perturbed.</summary>
    public Roc? Roc { get; }

    /// <summary>The area under the curve of the study's score, the sum of κ̄: the same where no pair is singular.</summary>
    public double SumArea { get; } = double.NaN;

    /// <summary>The area under the curve of a score that needs no curvature: how near the two largest logits are.</summary>
    public double MarginArea { get; } = double.NaN;

    public BootstrapInterval? Interval { get; }

    /// <summary>One for each repetition.</summary>
    public IReadOnlyList<Calibration> Halves { get; } = [];

    /// <summary>The area under the curve of each repetition.</summary>
    public double[] Areas => [.. repetitions.Where(r => r.Perturbed.Rows.Length > 0)
        .Select(r => Pool([r], set => set.Scores)).Select(p => Roc.Of(p.Scores, p.Flags).Area)];

    public SmallSampleAccuracy? Protocol { get; }

    /// <summary>Of images whose class changed: the place of the former class among the competitors.</summary>
    public RankHistogram? Ranks { get; }

    /// <summary>
    /// The share of moved images whose former class is among the first k; NaN if none moved or there are fewer competitors.
    /// </summary>
    public double FormerAmong(int k) => Ranks is { Count: > 0 } ranks && k <= ranks.Counts.Count ? ranks.TopShare(k) : double.NaN;

    /// <summary>The share of natural images whose score is negative, and of perturbed ones whose score is positive.</summary>
    public (double Natural, double Perturbed) ExpectedSigns
    {
        get
        {
            double[] natural = [.. repetitions.SelectMany(r => r.Natural.Scores)];
            double[] perturbed = [.. repetitions.SelectMany(r => r.Perturbed.Scores)];
            return ((double)natural.Count(s => s < 0) / natural.Length,
                perturbed.Length == 0 ? double.NaN : (double)perturbed.Count(s => s > 0) / perturbed.Length);
        }
    }

    private IEnumerable<(double[] Scores, int Original)> Moves
    {
        get
        {
            foreach ((_, ScoredSet perturbed) in repetitions)
            {
                for (int k = 0; k < perturbed.Rows.Length; k++)
                {
                    CurvatureRow row = perturbed.Rows[k];
                    if (!perturbed.Moved[k]) continue;
                    yield return ([.. row.Result.Pairs.Select(p => p.Average)], Array.FindIndex(
                        row.Result.Pairs, p => p.Competitor == perturbed.Originals[k]));
                }
            }
        }
    }

    /// <summary>Whether there are images for the study's experiment whichever natural ones are drawn: none counts twice.</summary>
    private static bool CanDraw(bool[] flags, int[] images)
    {
        HashSet<int> natural = [.. images.Where((_, k) => !flags[k])];
        HashSet<int> perturbed = [.. images.Where((_, k) => flags[k])];
        return natural.Count >= StudySize && (perturbed.Count >= 2 * StudySize || perturbed.Count(i => !natural.Contains(i)) >= StudySize);
    }

    private static Calibration Halve((ScoredSet Natural, ScoredSet Perturbed) repetition, Rng rng)
    {
        (double[] scores, bool[] flags, int[] images) = Pool([repetition], set => set.Scores);
        return Calibration.Of(scores, flags, rng, images);
    }

    /// <summary>All scores with a number, natural ones first.</summary>
    private static (double[] Scores, bool[] Flags, int[] Images) Pool(
        IEnumerable<(ScoredSet Natural, ScoredSet Perturbed)> repetitions, Func<ScoredSet, double[]> score)
    {
        IEnumerable<(double Score, bool Flag, int Image)> Of(ScoredSet set, bool flag) =>
            score(set).Select((score, k) => (score, flag, set.Indices[k]));
        (double Score, bool Flag, int Image)[] all =
            [.. repetitions.SelectMany(r => Of(r.Natural, false).Concat(Of(r.Perturbed, true))).Where(e => double.IsFinite(e.Score))];
        return ([.. all.Select(e => e.Score)], [.. all.Select(e => e.Flag)], [.. all.Select(e => e.Image)]);
    }
}
