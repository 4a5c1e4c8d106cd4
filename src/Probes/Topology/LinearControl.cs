namespace MiniGrad.Probes.Topology;

/// <summary>
/// A linear classifier made of the images themselves, as a control: its regions are cut out by planes and so convex, and whatever
/// measures convexity must find 1. It names the class whose mean image is nearest, f_j(x) = 2 ⟨m_j, x⟩ − ‖m_j‖².
/// </summary>
/// <param name="Classifier">The classifier, in double precision, over those classes alone that have images.</param>
/// <param name="Classes">The class of the data that each of its classes is.</param>
/// <param name="Accuracy">The share of the images that it gets right.</param>
public sealed record LinearControl(Classifier Classifier, IReadOnlyList<int> Classes, double Accuracy)
{
    /// <summary>The control of images.</summary>
    /// <param name="images">Images [N, …].</param>
    /// <param name="labels">Their true classes.</param>
    /// <param name="low">The smallest pixel value.</param>
    /// <param name="high">The largest pixel value.</param>
    /// <exception cref="ArgumentException">There is not one label for each image, or fewer than 2 classes have images.</exception>
    public static LinearControl Of(Tensor images, IReadOnlyList<int> labels, double low = 0, double high = 1)
    {
        if (images.Rank < 2 || images.Shape[0] != labels.Count)
        {
            Throw.Argument($"linear control: images {images.Shape} and {labels.Count} labels. Give one label for each image.");
        }
        int[] classes = [.. labels.Distinct().Order()];
        if (classes.Length < 2) Throw.Argument($"linear control: images of {classes.Length} classes; at least 2 are needed.");
        int size = (int)(images.Count / images.Shape[0]);
        double[] pixels = images.Detach().Cast(DType.F64).ToArray<double>();
        double[][] means = [.. classes.Select(c => Mean(pixels, size, [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == c)]))];
        Tensor weight = Tensor.From([.. means.SelectMany(mean => mean.Select(m => 2 * m))], [classes.Length, size]);
        Tensor bias = Tensor.From([.. means.Select(mean => -mean.Sum(m => m * m))], [1, classes.Length]);
        Classifier classifier = new(
            x => x.Flatten().Cast(DType.F64).MatMul(weight.Transpose()) + bias,
            new Shape(images.Shape.Sizes[1..]), classes.Length, low, high)
        {
            IsPiecewiseLinear = true,
        };
        int right = Logits.Prediction(classifier.Logits(images.Detach())).Zip(labels).Count(pair => classes[pair.First] == pair.Second);
        return new(classifier, classes, (double)right / labels.Count);
    }

    private static double[] Mean(double[] pixels, int size, int[] rows)
    {
        double[] mean = new double[size];
        foreach (int row in rows)
        {
            for (int i = 0; i < size; i++) mean[i] += pixels[row * size + i] / rows.Length;
        }
        return mean;
    }
}
