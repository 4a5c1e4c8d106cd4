using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Probes.Boundary;

/// <summary>Takes the frames of a batch, and refuses whatever has no meaningful geometry.</summary>
/// <param name="Competitors">The classes to compare with the current one; all others by default.</param>
/// <param name="AllowForeignLabel">Whether a given class may differ from the predicted one.</param>
/// <param name="AllowProbabilities">Whether outputs that look like a softmax's may be taken for logits.</param>
/// <param name="AllowOutsideBox">Whether pixels may leave their box, as points on a boundary do.</param>
public sealed record BoundaryFrames(
    int[]? Competitors = null, bool AllowForeignLabel = false, bool AllowProbabilities = false, bool AllowOutsideBox = false)
{
    /// <summary>A gradient shorter than this share of the length of the logits has no direction.</summary>
    private const double Floor = 1e-12;

    /// <summary>Throws, naming the first competitor that does not exist or is named again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A competitor is no class.</exception>
    /// <exception cref="ArgumentException">There is no competitor, or one is named twice.</exception>
    public void Check(int classes)
    {
        int[] named = Competitors ?? [];
        if (Competitors is []) Throw.Argument("curvature: the list of competitors is empty. Name at least one, or none for all.");
        for (int p = 0; p < named.Length; p++)
        {
            if ((uint)named[p] >= (uint)classes) Throw.Range($"curvature: competitor {named[p]} is outside 0 to {classes - 1}.");
            if (Array.IndexOf(named, named[p]) < p) Throw.Argument($"curvature: competitor {named[p]} is named twice. Name each once.");
        }
    }

    /// <summary>
    /// The frame of every image [N, …]; errors count images from the given number. A
    /// method that blurs the logits has blurred gradients.
    /// </summary>
    /// <exception cref="ArgumentException">The images do not fit, or the logits look like
    /// probabilities or differ between two calls.</exception>
    public BoundaryFrame[] Of(Classifier classifier, Tensor images, int[]? current = null, int first = 0, HessianMethod? method = null)
    {
        int classes = classifier.ClassCount;
        int count = images.Shape[0];
        Check(classes);
        CheckFinite(images, "the image", first);
        if (AllowOutsideBox) classifier.CheckShape(images, "curvature");
        else classifier.CheckImages(images, "curvature");
        if (current is not null) classifier.CheckClasses(current, count, "curvature");
        images = images.To(classifier.Device);
        (double[] logits, double[] jacobian, double[] again) = Arena.Step(
            () => (Doubles(classifier.Logits(images.Detach())), Doubles((method ?? HessianMethod.Exact).Slopes(classifier, images)),
                Doubles(classifier.Logits(Ops.Concat([images.Detach(), images.Detach() * 0.5], 0)))), _ => []);
        if (logits.Length != (long)count * classes)
        {
            Throw.Argument($"curvature: {logits.Length / count} logits for an image, expected {classes}.");
        }
        CheckFinite(logits, classes, "a logit", first);
        // In other company: statistics of a batch, as in training, would show.
        if (!logits.AsSpan().SequenceEqual(again.AsSpan(0, Math.Min(again.Length, logits.Length))))
        {
            Throw.Argument("curvature: the same images got different logits in another call and another batch. "
                + "Give a network that infers: no dropout, no batch statistics, no noise.");
        }
        if (!AllowProbabilities && ClassifierChecks.LookLikeProbabilities(logits, classes, tolerance: 1e-5, most: 1))
        {
            Throw.Argument("curvature: each row of the logits is non-negative and sums to 1, as softmax outputs do. "
                + "Give logits: probabilities bend level sets away from the boundary.");
        }
        int size = (int)(images.Count / count);
        CheckFinite(jacobian, classes * size, "a gradient", first);
        BoundaryFrame[] frames = new BoundaryFrame[count];
        for (int n = 0; n < count; n++)
        {
            frames[n] = Frame(logits.AsSpan(n * classes, classes),
                jacobian.AsSpan(n * classes * size, classes * size), current?[n], first + n);
        }
        return frames;
    }

    private BoundaryFrame Frame(ReadOnlySpan<double> logits, ReadOnlySpan<double> jacobian, int? given, int image)
    {
        (int classes, int size) = (logits.Length, jacobian.Length / logits.Length);
        int predicted = 0;
        double length = 0;
        for (int c = 0; c < classes; c++)
        {
            if (logits[c] > logits[predicted]) predicted = c;
            length += logits[c] * logits[c];
        }
        double floor = Floor * Math.Max(1, Math.Sqrt(length));
        int current = given ?? predicted;
        if (current != predicted && !AllowForeignLabel)
        {
            Throw.Argument($"curvature: image {image} was given class {current}, the network says {predicted}. "
                + "Leave the class out, or allow foreign labels.");
        }
        bool tied = false;
        for (int c = 0; c < classes; c++) tied |= c != predicted && logits[c] == logits[predicted];
        int[] competitors = Competitors ?? [.. Enumerable.Range(0, classes).Where(c => c != current)];
        List<PairFrame> pairs = [];
        foreach (int j in competitors.Order())
        {
            if (j == current) Throw.Argument($"curvature: competitor {j} is the class of image {image} itself. Name another one.");
            double[] gradient = new double[size];
            double square = 0;
            for (int k = 0; k < size; k++)
            {
                gradient[k] = jacobian[j * size + k] - jacobian[current * size + k];
                square += gradient[k] * gradient[k];
            }
            double norm = Math.Sqrt(square);
            pairs.Add(new(j, logits[j] - logits[current], gradient, norm, norm <= floor));
        }
        return new(current, tied, [.. pairs]);
    }

    internal static double[] Doubles(Tensor x) => x.Detach().Cast(DType.F64).ToArray<double>();

    /// <summary>Throws, naming the image and the stage, if a number is NaN or infinite.</summary>
    internal static void CheckFinite(ReadOnlySpan<double> values, int size, string stage, int first)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new NumericalException(
                    $"curvature: {stage} of image {first + i / size} is {values[i]}. Check the image and the weights.");
            }
        }
    }

    private static void CheckFinite(Tensor images, string stage, int first) =>
        CheckFinite(Doubles(images), (int)(images.Count / Math.Max(1, images.Shape[0])), stage, first);
}
