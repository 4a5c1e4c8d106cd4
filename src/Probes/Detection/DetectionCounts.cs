namespace MiniGrad.Probes.Detection;

/// <summary>What the decision "perturbed if score ≥ threshold" does to a set of examples. A rate without examples is NaN.</summary>
internal sealed record DetectionCounts(
    double Threshold, int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives)
{
    public int Perturbed => TruePositives + FalseNegatives;

    public int Natural => TrueNegatives + FalsePositives;

    public double Accuracy => (double)(TruePositives + TrueNegatives) / (Perturbed + Natural);

    /// <summary>The mean of the share of perturbed and the share of natural examples that are told right.</summary>
    public double BalancedAccuracy => 0.5 * (TruePositiveRate + (1 - FalsePositiveRate));

    public double TruePositiveRate => (double)TruePositives / Perturbed;

    public double FalsePositiveRate => (double)FalsePositives / Natural;

    /// <summary>The counts of a given threshold.</summary>
    public static DetectionCounts At(double threshold, ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed)
    {
        if (double.IsNaN(threshold)) Throw.Argument("detection: the threshold is NaN. Give a number or an infinity.");
        ScoreTally tally = ScoreTally.Of(scores, isPerturbed);
        (int hits, int falseAlarms) = (0, 0);
        for (int k = 0; k < tally.Scores.Length; k++)
        {
            if (!(tally.Scores[k] >= threshold)) continue;
            hits += tally.Perturbed[k];
            falseAlarms += tally.Natural[k];
        }
        return Of(threshold, hits, falseAlarms, tally);
    }

    /// <summary>
    /// The threshold of best balanced accuracy on these very examples. Candidates are the midpoints between
    /// neighbouring distinct scores and one just above the highest score, which flags nothing; among equals the
    /// highest wins, which gives the fewest false alarms.
    /// </summary>
    public static DetectionCounts Best(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed)
    {
        ScoreTally tally = ScoreTally.Of(scores, isPerturbed);
        long perturbed = isPerturbed.Count(true);
        long natural = scores.Length - perturbed;
        (int hits, int falseAlarms) = (0, 0);
        DetectionCounts best = Of(Math.BitIncrement(tally.Scores[^1]), 0, 0, tally);
        long bestGain = 0;
        for (int k = tally.Scores.Length - 1; k > 0; k--)
        {
            hits += tally.Perturbed[k];
            falseAlarms += tally.Natural[k];
            // 2PN(balanced accuracy - 1/2), in whole numbers, so that equal means equal.
            long gain = hits * natural - falseAlarms * perturbed;
            if (gain <= bestGain) continue;
            bestGain = gain;
            best = Of(Between(tally.Scores[k - 1], tally.Scores[k]), hits, falseAlarms, tally);
        }
        return best;
    }

    // Neighbouring numbers have no midpoint; the upper one still parts them, as the decision is "at least".
    private static double Between(double low, double high)
    {
        double middle = low / 2 + high / 2;
        return middle > low && middle < high ? middle : high;
    }

    private static DetectionCounts Of(double threshold, int hits, int falseAlarms, ScoreTally tally) =>
        new(threshold, hits, falseAlarms, tally.Natural.Sum() - falseAlarms, tally.Perturbed.Sum() - hits);
}
