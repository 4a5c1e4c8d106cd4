namespace MiniGrad.Probes.Regions;

/// <summary>The confidence of a class along the straight line between two images, and what it says of the line.</summary>
/// <param name="Confidence">At t = k/N, k = 0 … N.</param>
/// <param name="SourceConfidence">At t = 0.</param>
internal sealed record LinearPath(double[] Confidence, double SourceConfidence)
{
    public double Mean => Confidence.Average();

    /// <summary>The lowest confidence of the line, less that of the source.</summary>
    public double LowestDifference => Confidence.Min() - SourceConfidence;

    /// <summary>Measures x(t) = (1 − t) source + t end for one image [1, C, H, W] each.</summary>
    public static LinearPath Measure(Classifier classifier, Tensor source, Tensor end, int sourceClass, int intervals = 50)
    {
        if (intervals < 1) Throw.Range($"linear path: {intervals} intervals; at least 1 is needed.");
        classifier.CheckClasses([sourceClass], 1, "linear path");
        classifier.CheckImage(source, "linear path: source");
        classifier.CheckImage(end, "linear path: end");
        double[] weights = [.. Enumerable.Range(0, intervals + 1).Select(k => (double)k / intervals)];
        Tensor t = Rows.Scale(weights, source);
        Tensor points = source * (1 - t) + end * t;
        double[] confidence = Probes.Logits.Confidence(classifier.Logits(points), [.. Enumerable.Repeat(sourceClass, weights.Length)]);
        return new(confidence, confidence[0]);
    }
}
