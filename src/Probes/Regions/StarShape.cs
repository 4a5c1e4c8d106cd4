namespace MiniGrad.Probes.Regions;

/// <summary>The confidence of the source's class along a straight line from the source.</summary>
/// <param name="Length">The Euclidean length of the line, in pixel values.</param>
/// <param name="Confidence">At t = k/N, k = 0 … N, from the source to the end.</param>
public sealed record StarLimb(double Length, double[] Confidence)
{
    /// <summary>Which of the given ends the line goes to, from 0; lines of length 0 are left out.</summary>
    public int End { get; init; }

    /// <summary>
    /// Whether every point is strictly above the source's confidence less a drop. At a drop of 0 the source itself is not.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The drop is negative.</exception>
    public bool Stays(double drop) => FirstOutside(drop) < 0;

    /// <summary>
    /// The share of the line up to the last point before the first one that is not above the source's confidence less a drop; 1
    /// where there is none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The drop is negative.</exception>
    public double Reach(double drop)
    {
        int first = FirstOutside(drop);
        return first < 0 ? 1 : (double)Math.Max(0, first - 1) / (Confidence.Length - 1);
    }

    // A NaN is above nothing.
    private int FirstOutside(double drop)
    {
        if (!(drop >= 0)) Throw.Range($"star: drop {drop} must be at least 0.");
        return Array.FindIndex(Confidence, p => !(p > Confidence[0] - drop));
    }
}

/// <summary>
/// Whether the region in which a network stays confident is star-shaped around an image, as far as walks show: the straight lines to
/// where walks ended, beside lines of the same lengths in random directions, and lines to the images that were walked to. It is
/// star-like where the first stay and the last do not; where random lines stay as well, the directions of the walks say nothing.
/// The claim is that of the level-set study (Balasubramanian et al., arXiv:2310.19889); the number and its controls are ours.
/// </summary>
/// <param name="Limbs">The lines to the ends of the walks.</param>
/// <param name="Random">For each of them, a line of the same length in a random direction inside the pixel box.</param>
/// <param name="Targets">The lines to the target images; none where none were given.</param>
public sealed record StarShape(StarLimb[] Limbs, StarLimb[] Random, StarLimb[] Targets)
{
    /// <summary>The confidence of the source's class at the source.</summary>
    public double SourceConfidence { get; init; }

    /// <summary>Ends that equal the source, to which there is no line.</summary>
    public int Skipped { get; init; }

    /// <summary>The lines to ends of walks on which every point is strictly above the source's confidence less a drop.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The drop is negative.</exception>
    public int Inside(double drop) => Share(Limbs, drop).Successes;

    /// <summary>The share of lines that stay, with its interval.</summary>
    internal static SuccessShare Share(IReadOnlyCollection<StarLimb> limbs, double drop) =>
        new(limbs.Count(limb => limb.Stays(drop)), limbs.Count);

    /// <summary>Measures the lines from one image.</summary>
    /// <param name="classifier">The network.</param>
    /// <param name="source">The image, [1, C, H, W].</param>
    /// <param name="ends">Where walks from it ended, [k, C, H, W].</param>
    /// <param name="targets">The images that were walked to, if their lines are wanted.</param>
    /// <param name="sourceClass">The class whose confidence is measured.</param>
    /// <param name="rng">Random numbers of this image; those of a line depend on its number alone.</param>
    /// <param name="intervals">N: a line is measured at N + 1 points.</param>
    /// <exception cref="ArgumentException">An image does not fit the classifier, or there are no intervals.</exception>
    public static StarShape Measure(
        Classifier classifier, Tensor source, Tensor ends, Tensor? targets, int sourceClass, Rng rng, int intervals = 50)
    {
        if (intervals < 1) Throw.Range($"star: {intervals} intervals; at least 1 is needed.");
        classifier.CheckClasses([sourceClass], 1, "star");
        classifier.CheckImage(source, "star: source");
        classifier.CheckImages(ends, "star: ends");
        if (targets is not null) classifier.CheckImages(targets, "star: targets");
        StarLimb[] Lines(Tensor to)
        {
            double[] lengths = RandomEnds.Lengths(source, to);
            return [.. Enumerable.Range(0, lengths.Length).Where(i => lengths[i] > 0).Select(i => new StarLimb(lengths[i], LinearPath
                .Measure(classifier, source, to.TakeIndices(0, [i]), sourceClass, intervals).Confidence) { End = i })];
        }
        StarLimb[] limbs = Lines(ends);
        return new(limbs, Lines(RandomEnds.Of(classifier, source, ends, rng)), targets is null ? [] : Lines(targets))
        {
            SourceConfidence = Logits.Confidence(classifier.Logits(source), [sourceClass])[0],
            Skipped = ends.Shape[0] - limbs.Length,
        };
    }
}

/// <summary>Ends of lines in random directions, as long as given lines: what walks are compared with.</summary>
internal static class RandomEnds
{
    /// <summary>Halvings after which a double has no more digits.</summary>
    private const int Halvings = 64;

    /// <summary>The Euclidean distance of each of the ends from the source.</summary>
    public static double[] Lengths(Tensor source, Tensor ends)
    {
        using RowBuffer<double> lengths = Rows.L2(ends.Detach().Cast(DType.F64) - source.Detach().Cast(DType.F64));
        return lengths.Span.ToArray();
    }

    /// <summary>
    /// For each end a point at the same distance in a random direction: source + a·u clamped into the pixel box, u normal and a found
    /// by bisection. Where the box has no such point in that direction, the farthest one.
    /// </summary>
    public static Tensor Of(Classifier classifier, Tensor source, Tensor ends, Rng rng)
    {
        double[] from = source.Detach().Cast(DType.F64).ToArray<double>();
        double[] lengths = Lengths(source, ends);
        double[] points = new double[ends.Count];
        for (int i = 0; i < lengths.Length; i++)
        {
            double[] direction = rng.At("random line").At(i).Normal(from.Length);
            End(from, direction, lengths[i], classifier.Low, classifier.High).CopyTo(points, i * from.Length);
        }
        return Tensor.From(points, ends.Shape, source.Device).Cast(source.Type);
    }

    /// <summary>The point of the box in a direction at a distance, or the farthest one.</summary>
    internal static double[] End(double[] from, double[] direction, double length, double low, double high)
    {
        double Pixel(int k, double a) => Math.Clamp(from[k] + a * direction[k], low, high);
        double Distance(double a)
        {
            double square = 0;
            for (int k = 0; k < from.Length; k++)
            {
                double step = Pixel(k, a) - from[k];
                square += step * step;
            }
            return Math.Sqrt(square);
        }
        double near = 0;
        double far = double.MaxValue;
        if (Distance(far) > length)
        {
            far = 1;
            while (Distance(far) < length) (near, far) = (far, 2 * far);
            for (int halving = 0; halving < Halvings; halving++)
            {
                double middle = (near + far) / 2;
                if (Distance(middle) < length) near = middle;
                else far = middle;
            }
        }
        return [.. Enumerable.Range(0, from.Length).Select(k => Pixel(k, far))];
    }
}
