namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What one perturbation does to a set of images: how many predictions it changes, as it is and with pixels clipped into the
/// box, and how many predictions are wrong. Fooling asks for a change, error for the label, so they differ on images that the
/// network gets wrong.
/// </summary>
public sealed record FoolingRate(int Count, int Fooled, int FooledClipped, int Wrong, int WrongClipped, int WrongBefore)
{
    /// <summary>The share of changed predictions in R^d.</summary>
    public double Share => (double)Fooled / Count;

    /// <summary>The share of changed predictions with pixels clipped into the box.</summary>
    public double ShareClipped => (double)FooledClipped / Count;

    /// <summary>The share of wrong predictions in R^d.</summary>
    public double Error => (double)Wrong / Count;

    /// <summary>Measures a perturbation [1, …] on images [N, …]: on those it was made from, on others, or on another network.</summary>
    /// <exception cref="ArgumentException">Images, labels or perturbation have another shape
    /// or range than the classifier takes.</exception>
    public static FoolingRate Of(Classifier classifier, Tensor images, int[] labels, Tensor perturbation, int chunkSize = 64) =>
        Of(classifier, images, labels, perturbation, chunkSize, null);

    /// <summary>The same where the predictions before are known.</summary>
    internal static FoolingRate Of(
        Classifier classifier, Tensor images, int[] labels, Tensor perturbation, int chunkSize, int[]? known)
    {
        // Where predictions are known, the images have been looked at before.
        if (known is null) classifier.CheckImages(images, "fooling rate");
        classifier.CheckClasses(labels, images.Shape[0], "fooling rate");
        if (chunkSize < 1) Throw.Range($"fooling rate: chunk size {chunkSize}; at least 1 is needed.");
        Shape expected = [1, .. classifier.InputShape.ToArray()];
        if (perturbation.Shape != expected)
        {
            Throw.Argument($"fooling rate: a perturbation of shape {perturbation.Shape}, expected {expected}.");
        }
        (int fooled, int fooledClipped, int wrong, int wrongClipped, int wrongBefore) = (0, 0, 0, 0, 0);
        Tensor shift = perturbation.To(classifier.Device);
        classifier.Batches.Run(labels.Length, chunkSize, (first, count) =>
        {
            (int[] before, int[] after, int[] clipped) = Arena.Step(
                () =>
                {
                    Tensor x = images.Take(0, new AxisRange(first, count)).To(classifier.Device);
                    Tensor moved = x + shift;
                    return (known?[first..(first + count)] ?? Predict(classifier, x, first), Predict(classifier, moved, first),
                        Predict(classifier, moved.Clamp(classifier.Low, classifier.High), first));
                }, _ => []);
            for (int i = 0; i < count; i++)
            {
                int label = labels[first + i];
                if (before[i] != label) wrongBefore++;
                if (after[i] != label) wrong++;
                if (clipped[i] != label) wrongClipped++;
                if (after[i] != before[i]) fooled++;
                if (clipped[i] != before[i]) fooledClipped++;
            }
        });
        return new(labels.Length, fooled, fooledClipped, wrong, wrongClipped, wrongBefore);
    }

    /// <summary>The predicted classes of many images.</summary>
    internal static int[] PredictAll(Classifier classifier, Tensor images, int chunkSize)
    {
        List<int> predicted = [];
        classifier.Batches.Run(images.Shape[0], chunkSize, (first, count) =>
            predicted.AddRange(Arena.Step(() => Predict(classifier, images.Take(0, new AxisRange(first, count)), first), _ => [])));
        return [.. predicted];
    }

    /// <summary>The predicted classes. Throws, naming the image, where a logit is not finite: there it is neither fooled nor not.</summary>
    internal static int[] Predict(Classifier classifier, Tensor images, int first)
    {
        Tensor logits = classifier.Logits(images);
        int classes = logits.Shape[1];
        using RowBuffer<double> z = Rows.Read(logits);
        int[] predicted = new int[logits.Shape[0]];
        for (int i = 0; i < predicted.Length; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * classes, classes);
            if (!Logits.AreFinite(line)) throw new NumericalException($"fooling rate: the logits of image {first + i} are not finite.");
            predicted[i] = Logits.Top(line);
        }
        return predicted;
    }
}
