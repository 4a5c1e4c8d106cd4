using System.Globalization;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Probes.Topology;

/// <summary>
/// How convex the regions of classes are: how often a random convex combination of k images that the network sees as one class is
/// seen as that class too. The weights follow the Dirichlet distribution (1, …, 1), and beside it are all 1/k. After Fawzi et al.,
/// CVPR 2018, which gives no distribution.
/// </summary>
/// <param name="Draws">Combinations of each size, for each class.</param>
public sealed record RegionConvexity(int Draws = 1000)
{
    /// <summary>The sizes k, in ascending order.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [2, 3, 5, 10, 20, 50];

    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check()
    {
        if (Draws < 1) Throw.Range($"convexity: {Draws} draws; at least 1 is needed.");
        if (Sizes.Count == 0) Throw.Argument("convexity: there are no sizes. Give at least one, such as 2.");
        for (int k = 0; k < Sizes.Count; k++)
        {
            if (Sizes[k] < 2) Throw.Range($"convexity: combinations of {Sizes[k]} images; at least 2 are needed.");
            if (k > 0 && Sizes[k] <= Sizes[k - 1]) Throw.Range($"convexity: size {Sizes[k]} after {Sizes[k - 1]}; sizes must ascend.");
        }
    }

    /// <summary>
    /// Measures all classes. A draw depends on the images of its class, its size, its number and the seed only.
    /// </summary>
    /// <param name="classifier">The network, best in double precision.</param>
    /// <param name="images">Images [N, …] within the classifier's pixel box.</param>
    /// <param name="run">The seed, cancellation, and how many combinations are seen together.</param>
    /// <exception cref="ArgumentException">
    /// A setting makes no sense, the images do not fit the classifier, or logits are not finite.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public ConvexityResult Measure(Classifier classifier, Tensor images, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        int[] predicted = Predicted(classifier, images, run);
        return new([.. Enumerable.Range(0, classifier.ClassCount).SelectMany(c => OfClass(classifier, images, predicted, c, run))]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"RegionConvexity {{ Draws = {Draws}, Sizes = {string.Join(" ", Sizes)} }}");

    /// <summary>The class that each image is seen as.</summary>
    internal int[] Predicted(Classifier classifier, Tensor images, RunContext run)
    {
        Check();
        classifier.CheckImages(images, "convexity");
        return RegionPairs.Predicted(classifier, images, run);
    }

    /// <summary>The rows of one class, of each size.</summary>
    internal IEnumerable<ConvexityRow> OfClass(Classifier classifier, Tensor images, int[] predicted, int label, RunContext run)
    {
        int[] members = [.. Enumerable.Range(0, predicted.Length).Where(i => predicted[i] == label)];
        double[][] points = Points(images, members);
        Rng rng = new Rng(run.Seed).At("convexity").At(label);
        foreach (int size in Sizes)
        {
            yield return points.Length < size
                ? new(label, points.Length, size, 0, 0, 0)
                : OfSize(classifier, images.Type, points, label, size, rng.At(size), run);
        }
    }

    private ConvexityRow OfSize(Classifier classifier, DType type, double[][] points, int label, int size, Rng rng, RunContext run)
    {
        (int hits, int equalHits) = (0, 0);
        int[] chosen = [];
        RegionView view = new(classifier, type, 1, run with { FirstIndex = label }, "convexity: class");
        // Even looks have random weights, odd ones equal weights of the same images.
        view.Look(checked(2 * Draws), _ => 0,
            (q, point) =>
            {
                if (q % 2 == 0) chosen = Choose(points.Length, size, rng.At(q / 2).At("images"));
                Combine(points, chosen, q % 2 == 0 ? Dirichlet(size, rng.At(q / 2).At("weights")) : null, point);
            },
            (q, logits) =>
            {
                if (Logits.Top(logits) != label) return;
                if (q % 2 == 0) hits++;
                else equalHits++;
            }, "a combination of its images");
        return new(label, points.Length, size, Draws, hits, equalHits);
    }

    /// <summary>Different numbers below a bound, as a set uniform (Floyd's algorithm).</summary>
    internal static int[] Choose(int bound, int count, Rng rng)
    {
        List<int> chosen = new(count);
        for (int top = bound - count; top < bound; top++)
        {
            int one = rng.At(top).Below(top + 1);
            chosen.Add(chosen.Contains(one) ? top : one);
        }
        return [.. chosen];
    }

    /// <summary>Weights of the Dirichlet distribution (1, …, 1), uniform on the simplex: exponential numbers over their sum.</summary>
    internal static double[] Dirichlet(int count, Rng rng)
    {
        double[] weights = new double[count];
        for (int s = 0; s < count; s++) weights[s] = -Math.Log(1 - rng.At(s).Uniform());
        double sum = weights.Sum();
        for (int s = 0; s < count; s++) weights[s] /= sum;
        return weights;
    }

    private static void Combine(double[][] points, int[] chosen, double[]? weights, Span<double> point)
    {
        point.Clear();
        for (int s = 0; s < chosen.Length; s++)
        {
            double[] one = points[chosen[s]];
            double weight = weights?[s] ?? 1.0 / chosen.Length;
            for (int i = 0; i < point.Length; i++) point[i] += weight * one[i];
        }
    }

    private static double[][] Points(Tensor images, int[] rows)
    {
        if (rows.Length == 0) return [];
        double[] all = images.Detach().TakeIndices(0, rows).Cast(DType.F64).ToArray<double>();
        return [.. all.Chunk(all.Length / rows.Length)];
    }
}

/// <summary>Combinations of one size that were seen as their class.</summary>
/// <param name="Class">The class; −1 for all of them together.</param>
/// <param name="Images">Images that are seen as it.</param>
/// <param name="Size">Images in each combination.</param>
/// <param name="Draws">Combinations; 0 where there are fewer images than one takes.</param>
/// <param name="Hits">Those with random weights that are seen as the class.</param>
/// <param name="EqualHits">Those with equal weights that are.</param>
public sealed record ConvexityRow(int Class, int Images, int Size, int Draws, int Hits, int EqualHits)
{
    /// <summary>Whether there were too few images.</summary>
    public bool IsSkipped => Draws == 0;

    /// <summary>The share with random weights; NaN where the class was skipped.</summary>
    public double Share => Draws == 0 ? double.NaN : (double)Hits / Draws;

    /// <summary>The share with equal weights; NaN where the class was skipped.</summary>
    public double EqualShare => Draws == 0 ? double.NaN : (double)EqualHits / Draws;

    /// <summary>The 95 % interval of the share, for these images: draws share them, so that it is that of the draws alone.</summary>
    internal WilsonInterval Interval => WilsonInterval.Of(Hits, Draws);

    /// <summary>The same with equal weights.</summary>
    internal WilsonInterval EqualInterval => WilsonInterval.Of(EqualHits, Draws);
}

/// <summary>How convex the regions of all classes are.</summary>
/// <param name="Rows">A row for each class and size, class after class.</param>
public sealed record ConvexityResult(IReadOnlyList<ConvexityRow> Rows)
{
    /// <summary>Rows of classes with too few images.</summary>
    public IEnumerable<ConvexityRow> Skipped => Rows.Where(row => row.IsSkipped);

    /// <summary>All classes together, of each size.</summary>
    public IReadOnlyList<ConvexityRow> Totals => [.. Rows.GroupBy(row => row.Size).Select(group => new ConvexityRow(
        -1, group.Sum(row => row.Images), group.Key, group.Sum(row => row.Draws), group.Sum(row => row.Hits),
        group.Sum(row => row.EqualHits)))];
}
