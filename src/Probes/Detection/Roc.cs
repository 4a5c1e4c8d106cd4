namespace MiniGrad.Probes.Detection;

/// <summary>
/// Receiver operating characteristic of a detector that calls an example perturbed if its score is at least a
/// threshold. Straight lines between the points cross ties, so the area below them is <see cref="Area"/>. An area
/// below one half stays as it is: mirroring it would hide a score of the wrong sign.
/// </summary>
internal sealed class Roc
{
    private Roc(RocPoint[] points, double area, int natural, int perturbed) =>
        (Points, Area, Natural, Perturbed) = (points, area, natural, perturbed);

    /// <summary>From (0, 0), where nothing is flagged and the threshold is infinite, to (1, 1); one point a distinct score.</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>The chance that a perturbed example scores above a natural one, ties counted one half (Mann-Whitney).</summary>
    public double Area { get; }

    public int Natural { get; }

    public int Perturbed { get; }

    /// <summary>
    /// True if the area lies more than two standard errors of a score without information,
    /// √((P + N + 1)/(12 P N)), below one half: then the score's orientation is most likely flipped.
    /// </summary>
    public bool SuggestsFlippedOrientation =>
        Area < 0.5 - 2 * Math.Sqrt((Natural + Perturbed + 1.0) / (12.0 * Natural * Perturbed));

    /// <summary>The curve; an error if a class is missing or a score is not finite.</summary>
    public static Roc Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed)
    {
        ScoreTally tally = ScoreTally.Of(scores, isPerturbed);
        int perturbed = isPerturbed.Count(true);
        int natural = scores.Length - perturbed;
        RocPoint[] points = new RocPoint[tally.Scores.Length + 1];
        points[0] = new(double.PositiveInfinity, 0, 0);
        (int falseAlarms, int hits) = (0, 0);
        for (int k = 1; k < points.Length; k++)
        {
            int step = tally.Scores.Length - k;
            falseAlarms += tally.Natural[step];
            hits += tally.Perturbed[step];
            points[k] = new(tally.Scores[step], (double)falseAlarms / natural, (double)hits / perturbed);
        }
        return new(points, ScoreTally.PairShare(tally.Natural, tally.Perturbed), natural, perturbed);
    }

    /// <summary>The best true positive rate of a threshold whose false positive rate does not exceed the given one.</summary>
    public double TruePositiveRateAt(double falsePositiveRate = 0.05)
    {
        if (!(falsePositiveRate is >= 0 and <= 1))
            Throw.Range($"roc: a false positive rate of {falsePositiveRate} is outside [0, 1].");
        return Points.Where(p => p.FalsePositiveRate <= falsePositiveRate).Max(p => p.TruePositiveRate);
    }
}
