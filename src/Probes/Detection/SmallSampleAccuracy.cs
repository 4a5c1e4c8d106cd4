namespace MiniGrad.Probes.Detection;

/// <summary>
/// Accuracy as a small study would report it: draw a few natural and as many perturbed examples of other images, choose
/// the best threshold on them and report the accuracy on the same ones. Repeated, it shows how high (a score of pure
/// noise gives well over one half) and how uncertain such a figure is. As both classes are equally many, accuracy and
/// balanced accuracy agree.
/// </summary>
internal sealed record SmallSampleAccuracy(int PerClass, int Repeats, double Mean, double Low, double High)
{
    /// <summary>
    /// Mean, 5 % and 95 % quantile of the accuracy over the repetitions. <paramref name="images"/> names the image each
    /// example is a version of: a draw takes at most one version of each.
    /// </summary>
    public static SmallSampleAccuracy Of(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed, Rng rng, int perClass = 25, int repeats = 1000,
        ReadOnlySpan<int> images = default)
    {
        if (perClass < 1) Throw.Range($"study protocol: {perClass} examples a class. Take at least 1.");
        if (repeats < 1) Throw.Range($"study protocol: {repeats} repetitions. Take at least 1.");
        ScoreTally.Check(scores, isPerturbed);
        ImageVersions.Check(scores.Length, images);
        List<int> natural = [];
        List<int> perturbed = [];
        for (int i = 0; i < scores.Length; i++) (isPerturbed[i] ? perturbed : natural).Add(i);

        double[] accuracies = new double[repeats];
        int[] chosen = new int[2 * perClass];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            HashSet<int> used = [];
            Draw(natural, rng.At(repeat).At("natural"), images, used, chosen.AsSpan(0, perClass));
            Draw(perturbed, rng.At(repeat).At("perturbed"), images, used, chosen.AsSpan(perClass));
            (double[] drawnScores, bool[] drawnFlags) = Calibration.Pick(scores, isPerturbed, chosen);
            accuracies[repeat] = DetectionCounts.Best(drawnScores, drawnFlags).Accuracy;
        }
        double mean = accuracies.Average();
        Array.Sort(accuracies);
        return new(perClass, repeats, mean, Statistics.Quantile(accuracies, 0.05), Statistics.Quantile(accuracies, 0.95));
    }

    private static void Draw(List<int> from, Rng rng, ReadOnlySpan<int> images, HashSet<int> used, Span<int> chosen)
    {
        int count = 0;
        foreach (int k in rng.Permutation(from.Count))
        {
            if (count == chosen.Length) return;
            if (used.Add(images.IsEmpty ? from[k] : images[from[k]])) chosen[count++] = from[k];
        }
        if (count < chosen.Length)
            Throw.Argument($"study protocol: only {count} of {chosen.Length} examples a class can be drawn from {from.Count} "
                + "with one version an image. Draw fewer.");
    }
}
