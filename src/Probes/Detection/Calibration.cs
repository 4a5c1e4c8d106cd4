namespace MiniGrad.Probes.Detection;

/// <summary>
/// A detector judged on examples that did not choose its threshold: best balanced accuracy on one half, measured on the
/// other. <see cref="Hindsight"/> is what the test half gives if it may choose its own threshold; it is never worse than
/// <see cref="Test"/> and says how much such a choice flatters.
/// </summary>
internal sealed record Calibration(DetectionCounts Calibrated, DetectionCounts Test, DetectionCounts Hindsight)
{
    public double Threshold => Calibrated.Threshold;

    /// <summary>
    /// Splits, calibrates and measures. <paramref name="images"/> names the image each example is a version of: no image
    /// has versions in both halves. Both halves need natural and perturbed examples.
    /// </summary>
    public static Calibration Of(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed, Rng rng, ReadOnlySpan<int> images = default)
    {
        ScoreTally.Check(scores, isPerturbed);
        HalfSplit split = HalfSplit.Of(isPerturbed, rng, images);
        (double[] learnScores, bool[] learnFlags) = Pick(scores, isPerturbed, split.Calibration);
        (double[] testScores, bool[] testFlags) = Pick(scores, isPerturbed, split.Test);
        if (!HasBoth(learnFlags) || !HasBoth(testFlags))
            Throw.Argument($"calibration: {scores.Length} examples give a half without natural or perturbed ones. "
                + "Give at least two images of each kind.");
        DetectionCounts calibrated = DetectionCounts.Best(learnScores, learnFlags);
        return new(
            calibrated, DetectionCounts.At(calibrated.Threshold, testScores, testFlags),
            DetectionCounts.Best(testScores, testFlags));
    }

    internal static (double[] Scores, bool[] Flags) Pick(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed, ReadOnlySpan<int> chosen)
    {
        double[] pickedScores = new double[chosen.Length];
        bool[] pickedFlags = new bool[chosen.Length];
        for (int k = 0; k < chosen.Length; k++)
            (pickedScores[k], pickedFlags[k]) = (scores[chosen[k]], isPerturbed[chosen[k]]);
        return (pickedScores, pickedFlags);
    }

    private static bool HasBoth(bool[] flags) => flags.Contains(true) && flags.Contains(false);
}
