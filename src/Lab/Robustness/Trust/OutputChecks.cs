using System.Globalization;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>Checks that look at what the classifier answers, and at its slopes.</summary>
internal static class OutputChecks
{
    private const int Looks = 5;

    /// <summary>By how much normalised logits may differ from look to look.</summary>
    private const double Steady = 1e-4;

    /// <summary>A slope below this leads nowhere.</summary>
    private const double Flat = 1e-12;

    public static IReadOnlyList<TrustCheck> All { get; } =
    [
        new("deterministic", "the same images are looked at five times", Deterministic),
        new("scores are logits", "rows of the scores are added up", ScoresAreLogits),
        new("zero gradients", "the slope of the cross-entropy at each image that is right", ZeroGradients),
    ];

    private static (string, string?)? Deterministic(TrustSample sample)
    {
        Classifier asked = sample.Single ?? sample.Classifier;
        double[] first = Normalised(sample, asked);
        double most = 0;
        for (int look = 1; look < Looks; look++)
        {
            most = Math.Max(most, first.Zip(Normalised(sample, asked), (a, b) => Math.Abs(a - b)).Max());
        }
        string words = string.Create(CultureInfo.InvariantCulture, $"normalised logits differ by up to {most:G2}");
        if (sample.Single is not null) return ($"{words}; what was attacked is the mean of {AttackSuite.Looks} looks", null);
        return (words, most > Steady
            ? $"the classifier draws random numbers: {words} between two looks at the same image. Use --version rand." : null);
    }

    /// <summary>Each row minus its mean, over its largest number.</summary>
    private static double[] Normalised(TrustSample sample, Classifier classifier)
    {
        double[] z = Logits(sample, classifier);
        int classes = sample.Classifier.ClassCount;
        for (int row = 0; row < z.Length; row += classes)
        {
            Span<double> line = z.AsSpan(row, classes);
            double mean = 0, largest = 0;
            foreach (double value in line) mean += value / classes;
            foreach (double value in line) largest = Math.Max(largest, Math.Abs(value - mean));
            foreach (ref double value in line) value = (value - mean) / (largest > 0 ? largest : 1);
        }
        return z;
    }

    private static (string, string?)? ScoresAreLogits(TrustSample sample)
    {
        bool areProbabilities = ClassifierChecks.LookLikeProbabilities(
            Logits(sample, sample.Classifier), sample.Classifier.ClassCount, Steady);
        return areProbabilities
            ? ("every row is without negative numbers and sums to 1", "its scores are probabilities, not logits: where they round to 1 "
                + "slopes vanish and losses lose their order. Give the logits.")
            : ("rows do not look like probabilities", null);
    }

    private static (string, string?)? ZeroGradients(TrustSample sample)
    {
        if (sample.Right.Length == 0) return null;
        Examples right = sample.Examples.Take(sample.Right);
        double[] largest = [];
        sample.Classifier.Batches.Run(right.Count, sample.Run.ChunkSize, (first, count) =>
        {
            Examples part = right.Range(first, count);
            Tensor gradient = new Query(sample.Classifier, count).Gradient(
                part.Images.To(sample.Classifier.Device), z => Loss.CrossEntropy.OfClasses(z, part.Labels));
            using RowBuffer<double> rows = Rows.Linf(gradient);
            largest = [.. largest, .. rows.Span];
        });
        int flat = largest.Count(slope => !(slope >= Flat));
        string words = $"{flat} of {right.Count} images have none";
        return (words, flat > 0
            ? $"the slope of the cross-entropy is zero at {flat} of {right.Count} images: attacks that climb it stand still there." : null);
    }

    private static double[] Logits(TrustSample sample, Classifier classifier)
    {
        List<double> all = [];
        classifier.Batches.Run(sample.Examples.Count, sample.Run.ChunkSize, (first, count) => all.AddRange(
            classifier.Logits(sample.Examples.Range(first, count).Images).Cast(DType.F64).ToArray<double>()));
        return [.. all];
    }
}
