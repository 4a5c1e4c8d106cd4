namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What is checked of a classifier before its results are believed (after AutoAttack's
/// checks, Croce and Hein, arXiv:2003.01690).
/// </summary>
internal static class ClassifierChecks
{
    /// <summary>Images that are looked at.</summary>
    private const int Sample = 8;

    /// <summary>By how much logits, beside the largest, may change when an image is looked at alone.</summary>
    private const double Alone = 1e-3;

    public static IEnumerable<string> Check(Classifier classifier, Tensor images)
    {
        Tensor sample = images.Take(0, new AxisRange(0, Math.Min(Sample, images.Shape[0])));
        Tensor first = classifier.Logits(sample);
        if (first.Rank != 2 || first.Shape[0] != sample.Shape[0] || first.Shape[1] != classifier.ClassCount)
        {
            Throw.Argument($"classifier: logits have shape {first.Shape}, expected [{sample.Shape[0]}, {classifier.ClassCount}].");
        }
        double[] z = first.Cast(DType.F64).ToArray<double>();
        double[] again = classifier.Logits(sample).Cast(DType.F64).ToArray<double>();
        if (!z.SequenceEqual(again))
        {
            yield return "randomness: two calls with the same images gave different logits; a search needs a deterministic classifier.";
        }
        else if (sample.Shape[0] > 1)
        {
            CheckAlone(z, classifier.Logits(sample.Take(0, new AxisRange(0, 1))).Cast(DType.F64).ToArray<double>());
        }
        if (LookLikeProbabilities(z, classifier.ClassCount, 1e-4))
        {
            yield return "probabilities: each row of the logits is non-negative and sums to 1; give logits, not softmax outputs.";
        }
        if (z.Any(value => !double.IsFinite(value)))
        {
            yield return "non-finite: the classifier gave NaN or infinite logits on the clean images.";
        }
    }

    /// <summary>Throws where the first image's logits are others without the images beside it.</summary>
    private static void CheckAlone(double[] together, double[] alone)
    {
        double largest = alone.Max(Math.Abs);
        double most = alone.Zip(together, (a, b) => Math.Abs(a - b)).Max();
        if (most > Alone * largest)
        {
            Throw.Argument(FormattableString.Invariant($"classifier: the logits of an image change by {most:G2} with the images beside ")
                + "it, as in training mode. Give one that infers.");
        }
    }

    /// <summary>
    /// Whether every row of the logits is without negative numbers and numbers above the
    /// most, and sums to 1 within the tolerance.
    /// </summary>
    public static bool LookLikeProbabilities(double[] z, int classes, double tolerance, double most = double.PositiveInfinity)
    {
        for (int row = 0; row * classes < z.Length; row++)
        {
            ReadOnlySpan<double> line = z.AsSpan(row * classes, classes);
            double sum = 0;
            foreach (double value in line)
            {
                if (!(value >= 0 && value <= most)) return false;
                sum += value;
            }
            if (Math.Abs(sum - 1) > tolerance) return false;
        }
        return true;
    }
}
