namespace MiniGrad.Probes.Detection;

/// <summary>
/// The confidence τ below which a classifier rejects an image, chosen so that it keeps a given share of the images that it classifies
/// correctly. Stutz et al., arXiv:1910.06259.
/// </summary>
internal static class RejectionThreshold
{
    /// <summary>
    /// τ, the confidence of rank ⌊n (1 − rate) + 10⁻⁹⌋, from 0, among the n correctly classified images in ascending order. An
    /// image is accepted if its confidence is at least τ.
    /// </summary>
    /// <exception cref="ArgumentException">The rate is outside (0, 1), or a confidence is NaN.</exception>
    /// <exception cref="InvalidOperationException">No image is classified correctly, or there is none.</exception>
    public static double At(double truePositiveRate, ReadOnlySpan<Verdict> validation)
    {
        Check(truePositiveRate);
        List<double> correct = [];
        for (int i = 0; i < validation.Length; i++)
        {
            if (!validation[i].IsFinite) Throw.Argument($"rejection: the confidence of validation image {i} is not finite. Leave it out.");
            if (!validation[i].IsWrong) correct.Add(validation[i].Confidence);
        }
        if (correct.Count == 0)
        {
            Throw.Invalid($"rejection: none of {validation.Length} validation images is classified correctly, so no confidence keeps "
                + "a share of them. Take more images, or a network that fits the data.");
        }
        correct.Sort();
        return correct[(int)Math.Floor(correct.Count * (1 - truePositiveRate) + 1e-9)];
    }

    /// <summary>Throws unless a rate lies between 0 and 1, both excluded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    public static void Check(double truePositiveRate)
    {
        if (!(truePositiveRate is > 0 and < 1))
        {
            Throw.Range($"rejection: a true-positive rate of {truePositiveRate} is outside (0, 1). Take 0.99, say.");
        }
    }
}
