using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Regions;

/// <summary>
/// How much of the simplex spanned by an image and ends of walks from it lies in the region in which a network stays confident:
/// uniform points of the simplex whose confidence is strictly above that of the image less a drop. Ours.
/// </summary>
/// <param name="Points">Points that were measured.</param>
/// <param name="Inside">Those above.</param>
/// <param name="LogVolume">
/// The decimal logarithm of the k-dimensional volume of the simplex of k ends, √(det of their edges' Gram matrix) / k!, in pixel
/// values to the power of k; NaN where the edges depend on each other, so that there is no such volume.
/// </param>
public sealed record HullVolume(int Points, int Inside, double LogVolume)
{
    /// <summary>Points that are measured together.</summary>
    private const int Together = 64;

    /// <summary>The same of the part of the simplex in the region, as far as the points show; negative infinity for none.</summary>
    public double LogRegionVolume => LogVolume + Math.Log10((double)Inside / Points);

    /// <summary>The share of points in the region, with its interval.</summary>
    internal SuccessShare Share => new(Inside, Points);

    /// <summary>
    /// Measures the simplex of walks, and as a control that of the random ends that <see cref="StarShape"/> finds for them, with the
    /// same weights of the points.
    /// </summary>
    /// <param name="classifier">The network.</param>
    /// <param name="source">The image, [1, C, H, W].</param>
    /// <param name="ends">Where walks from it ended, [k, C, H, W].</param>
    /// <param name="sourceClass">The class whose confidence is measured.</param>
    /// <param name="drop">How far below the image's confidence the region goes.</param>
    /// <param name="rng">Random numbers of this image; those of a point depend on its number alone.</param>
    /// <param name="points">Points of each simplex.</param>
    /// <exception cref="ArgumentException">An image does not fit the classifier, or a number makes no sense.</exception>
    public static (HullVolume Walked, HullVolume Random) Measure(
        Classifier classifier, Tensor source, Tensor ends, int sourceClass, double drop, Rng rng, int points = 1000)
    {
        if (points < 1) Throw.Range($"hull volume: {points} points; at least 1 is needed.");
        if (!(drop >= 0)) Throw.Range($"hull volume: drop {drop} must be at least 0.");
        classifier.CheckClasses([sourceClass], 1, "hull volume");
        classifier.CheckImage(source, "hull volume: source");
        classifier.CheckImages(ends, "hull volume: ends");
        double[][] weights = Weights(rng.At("hull"), ends.Shape[0] + 1, points);
        return (Of(classifier, source, ends, sourceClass, drop, weights),
            Of(classifier, source, RandomEnds.Of(classifier, source, ends, rng), sourceClass, drop, weights));
    }

    /// <summary>The simplex at points of given weights: that of the source first, then those of the ends.</summary>
    internal static HullVolume Of(
        Classifier classifier, Tensor source, Tensor ends, int sourceClass, double drop, double[][] weights)
    {
        double p = Logits.Confidence(classifier.Logits(source), [sourceClass])[0];
        int corners = ends.Shape[0] + 1;
        Tensor vertices = Ops.Concat([source.Detach(), ends.Detach()], 0).Cast(DType.F64).Reshape(corners, -1);
        int inside = weights.Chunk(Together).Sum(together => Arena.Step(() =>
        {
            Tensor w = Tensor.From([.. together.SelectMany(one => one)], [together.Length, corners], source.Device);
            // The sum of weights is 1 but for rounding, which must not leave the box.
            Shape shape = [together.Length, .. classifier.InputShape.ToArray()];
            Tensor points = w.MatMul(vertices).Clamp(classifier.Low, classifier.High).Cast(source.Type).Reshape(shape);
            double[] q = Logits.Confidence(classifier.Logits(points), [.. Enumerable.Repeat(sourceClass, together.Length)]);
            return q.Count(one => one > p - drop);
        }, _ => []));
        return new(weights.Length, inside, LogSimplex(Edges(vertices.ToArray<double>(), corners)));
    }

    /// <summary>
    /// Weights of uniform points of a simplex: exponentials over their sum, Dirichlet(1, …, 1), a point from its own random numbers.
    /// </summary>
    internal static double[][] Weights(Rng rng, int corners, int points) => [.. Enumerable.Range(0, points).Select(point =>
    {
        double[] e = [.. Enumerable.Range(0, corners).Select(corner => -Math.Log(1 - rng.At(point).At(corner).Uniform()))];
        double sum = e.Sum();
        return Array.ConvertAll(e, one => one / sum);
    })];

    /// <summary>
    /// The decimal logarithm of the volume of the simplex that edges from one corner span; NaN where they depend on each other. The
    /// root of the Gram determinant is the product of what each edge adds to the span of those before it.
    /// </summary>
    internal static double LogSimplex(double[][] edges)
    {
        OrthonormalRows span = new(edges[0].Length);
        double log = 0;
        for (int k = 0; k < edges.Length; k++)
        {
            double[] rest = span.NullPart(edges[k]);
            if (!span.Add(edges[k])) return double.NaN;
            log += Math.Log10(Math.Sqrt(OrthonormalRows.Dot(rest, rest))) - Math.Log10(k + 1);
        }
        return log;
    }

    private static double[][] Edges(double[] vertices, int corners)
    {
        int size = vertices.Length / corners;
        return [.. Enumerable.Range(1, corners - 1).Select(k =>
            Enumerable.Range(0, size).Select(i => vertices[k * size + i] - vertices[i]).ToArray())];
    }
}
