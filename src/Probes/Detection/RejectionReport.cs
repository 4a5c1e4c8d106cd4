namespace MiniGrad.Probes.Detection;

/// <summary>
/// How often a classifier errs on clean and on attacked images, when it answers always and when it rejects images of a confidence
/// below a threshold τ. Stutz et al., arXiv:1910.06259.
/// </summary>
/// <param name="Threshold">τ: an image is accepted if its confidence is at least that.</param>
/// <param name="CleanCount">Clean test images.</param>
/// <param name="CleanAccepted">Those that are accepted.</param>
/// <param name="CleanError">The share of clean test images that are misclassified.</param>
/// <param name="CleanErrorAccepted">Err(τ): that share among the accepted ones; 0 where none is accepted.</param>
/// <param name="TruePositiveRate">TPR(τ): the share of clean test images that are accepted.</param>
/// <param name="Count">Attacked images, each with its clean original.</param>
/// <param name="Accepted">Those of which the clean or the attacked version is accepted.</param>
/// <param name="RobustError">RErr: the share of which either version is misclassified.</param>
/// <param name="RobustErrorAccepted">
/// RErr(τ): the share of which a misclassified version is accepted, among those of which any is; 0 where none is.
/// </param>
/// <param name="FalsePositiveRate">FPR(τ): the share of all of which only the attacked version is misclassified, and accepted.</param>
/// <param name="SuccessRate">The share of the correctly classified whose attacked version is not; NaN where there are none.</param>
/// <param name="Area">
/// Area under the curve of the confidence, which is to be high for originals and low for attacks that succeeded on correctly
/// classified ones; ties count one half. 1 where no attack succeeded.
/// </param>
internal sealed record RejectionReport(
    double Threshold, int CleanCount, int CleanAccepted, double CleanError, double CleanErrorAccepted, double TruePositiveRate,
    int Count, int Accepted, double RobustError, double RobustErrorAccepted, double FalsePositiveRate, double SuccessRate, double Area)
{
    /// <summary>Whether no clean test image is accepted, so that <see cref="CleanErrorAccepted"/> says nothing.</summary>
    public bool NoCleanAccepted => CleanAccepted == 0;

    /// <summary>Whether nothing is accepted of any attacked image, so that <see cref="RobustErrorAccepted"/> says nothing.</summary>
    public bool NoneAccepted => Accepted == 0;

    /// <summary>The report at a threshold; at 0 everything is accepted.</summary>
    /// <param name="threshold">τ.</param>
    /// <param name="test">The verdicts about the clean test images, those that are attacked first.</param>
    /// <param name="attacked">The verdicts about the attacked versions of the first test images.</param>
    /// <exception cref="ArgumentException">
    /// There are no images, more attacked than clean ones, or a confidence or the threshold is NaN.
    /// </exception>
    public static RejectionReport At(double threshold, ReadOnlySpan<Verdict> test, ReadOnlySpan<Verdict> attacked)
    {
        Check(threshold, test, attacked);
        ReadOnlySpan<Verdict> originals = test[..attacked.Length];
        (int cleanWrong, int cleanAccepted, int cleanBoth) = (0, 0, 0);
        foreach (Verdict clean in test)
        {
            bool isAccepted = clean.Confidence >= threshold;
            if (clean.IsWrong) cleanWrong++;
            if (isAccepted) cleanAccepted++;
            if (clean.IsWrong && isAccepted) cleanBoth++;
        }
        (int correct, int broken, int wrong, int accepted, int acceptedWrong, int unnoticed) = (0, 0, 0, 0, 0, 0);
        for (int i = 0; i < attacked.Length; i++)
        {
            (Verdict clean, Verdict after) = (originals[i], attacked[i]);
            (bool takesClean, bool takesAfter) = (clean.Confidence >= threshold, after.Confidence >= threshold);
            bool isBroken = after.IsWrong && !clean.IsWrong;
            if (!clean.IsWrong) correct++;
            if (isBroken) broken++;
            if (isBroken && takesAfter) unnoticed++;
            if (clean.IsWrong || after.IsWrong) wrong++;
            if (takesClean || takesAfter) accepted++;
            if ((clean.IsWrong && takesClean) || (after.IsWrong && takesAfter)) acceptedWrong++;
        }
        return new(threshold, test.Length, cleanAccepted, (double)cleanWrong / test.Length, Share(cleanBoth, cleanAccepted),
            (double)cleanAccepted / test.Length, attacked.Length, accepted, (double)wrong / attacked.Length,
            Share(acceptedWrong, accepted), (double)unnoticed / attacked.Length, (double)broken / correct, AreaOf(originals, attacked));
    }

    private static double Share(int count, int of) => of == 0 ? 0 : (double)count / of;

    private static double AreaOf(ReadOnlySpan<Verdict> originals, ReadOnlySpan<Verdict> attacked)
    {
        List<double> scores = [];
        foreach (Verdict clean in originals) scores.Add(clean.Confidence);
        for (int i = 0; i < attacked.Length; i++)
        {
            if (attacked[i].IsWrong && !originals[i].IsWrong) scores.Add(attacked[i].Confidence);
        }
        if (scores.Count == originals.Length) return 1;
        bool[] isOriginal = new bool[scores.Count];
        isOriginal.AsSpan(0, originals.Length).Fill(true);
        // What is to score high here are the originals.
        return Roc.Of([.. scores], isOriginal).Area;
    }

    private static void Check(double threshold, ReadOnlySpan<Verdict> test, ReadOnlySpan<Verdict> attacked)
    {
        if (double.IsNaN(threshold)) Throw.Argument("rejection: the threshold is NaN. Give a number.");
        if (attacked.Length == 0 || attacked.Length > test.Length)
        {
            Throw.Argument($"rejection: {attacked.Length} attacked images of {test.Length} clean ones. Attack at least one of them.");
        }
        for (int i = 0; i < test.Length; i++)
        {
            if (!test[i].IsFinite || (i < attacked.Length && !attacked[i].IsFinite))
            {
                Throw.Argument($"rejection: a confidence of image {i} is not finite. Leave it out.");
            }
        }
    }
}
