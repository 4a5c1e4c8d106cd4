using System.Globalization;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Regions;

/// <summary>Which direction a sphere around an image of a walk leaves out.</summary>
public enum SphereNormal
{
    /// <summary>The gradient of the confidence: the sphere lies in the level set's tangent space. The text of the study.</summary>
    Tangent,

    /// <summary>Where the walk goes next, or came from at its end: the sphere lies across the walk. The released code.</summary>
    Travel,
}

/// <summary>The confidence of the source's class on a sphere around an image of a walk.</summary>
/// <param name="Iteration">The iteration of the walk.</param>
/// <param name="Radius">The radius of the sphere, L2; 0 is the image itself.</param>
/// <param name="Low">The lower quantile of the confidence; NaN where the direction to leave out is undefined.</param>
/// <param name="High">The upper quantile.</param>
/// <param name="MeanDistance">The mean distance from the image once the points are put back into the pixel box.</param>
public sealed record PathWidthRow(int Iteration, double Radius, double Low, double High, double MeanDistance);

/// <summary>
/// How wide a path of equal confidence is: around every kept image of a walk, the confidence of the source's class on spheres that
/// are orthogonal to one direction. Random directions, put back into the pixel box; the same numbers for any batch. Section 6.1 of
/// the null-space study.
/// </summary>
/// <param name="Normal">The direction that a sphere leaves out.</param>
/// <param name="Directions">Random points on each sphere.</param>
/// <param name="LowShare">The share of the lower quantile.</param>
/// <param name="HighShare">The share of the upper quantile.</param>
public sealed record PathWidth(
    SphereNormal Normal = SphereNormal.Tangent, int Directions = 256, double LowShare = 0.05, double HighShare = 0.95)
{
    /// <summary>Points that are measured together.</summary>
    private const int Together = 64;

    /// <summary>The radii of the spheres, L2. The study's are for CIFAR-10; take 1 to 6 for MNIST.</summary>
    public IReadOnlyList<double> Radii { get; init; } = [5, 10, 15, 20, 25, 30];

    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check(Classifier classifier)
    {
        if (classifier.InputShape.Count < 2)
        {
            Throw.Argument($"path width: {classifier.InputShape.Count} pixel has no sphere across a direction. Give images of at least 2.");
        }
        if (Directions < 1) Throw.Range($"path width: {Directions} directions; at least 1 is needed.");
        if (!(LowShare >= 0 && LowShare <= HighShare && HighShare <= 1))
        {
            Throw.Range($"path width: the shares {LowShare} and {HighShare} must ascend in [0, 1].");
        }
        foreach (double radius in Radii)
        {
            if (!(radius > 0 && double.IsFinite(radius))) Throw.Range($"path width: radius {radius} must be positive and finite.");
        }
    }

    /// <summary>
    /// Measures every kept image of a walk: one row of radius 0, then one for each radius, in the order of the walk. A row depends on
    /// its image, its iteration, its radius and the random numbers only.
    /// </summary>
    /// <exception cref="ArgumentException">A setting makes no sense, or the walk does not fit the classifier.</exception>
    public PathWidthRow[] Measure(Classifier classifier, WalkPath path, int sourceClass, Rng rng)
    {
        Check(classifier);
        classifier.CheckClasses([sourceClass], 1, "path width");
        double[][] images = [.. path.Images.Select(image => Array.ConvertAll(image, pixel => (double)pixel))];
        int size = (int)classifier.InputShape.Count;
        foreach (double[] image in images)
        {
            if (image.Length != size) Throw.Argument($"path width: an image of {image.Length} pixels, expected {size}.");
        }
        return [.. images.SelectMany((image, i) =>
            Around(classifier, image, DType.F32, sourceClass, path.ImageIterations[i], Travel(images, i), rng))];
    }

    /// <summary>The rows of one image, of which the direction of travel is known, or none.</summary>
    internal IEnumerable<PathWidthRow> Around(
        Classifier classifier, double[] image, DType type, int sourceClass, int iteration, double[]? travel, Rng rng)
    {
        double p = PathCertificate.Confidence(classifier, [image], sourceClass, type)[0];
        yield return new(iteration, 0, p, p, 0);
        double[]? normal = Normal == SphereNormal.Tangent ? Slope(classifier, image, sourceClass, type) : travel;
        foreach (double radius in Radii)
        {
            Rng own = rng.At("path width").At(iteration).At(BitConverter.DoubleToInt64Bits(radius));
            yield return normal is null
                ? new(iteration, radius, double.NaN, double.NaN, double.NaN)
                : Sphere(classifier, image, type, normal, sourceClass, iteration, radius, own);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"PathWidth {{ Normal = {Normal}, Directions = {Directions}, LowShare = {LowShare}, HighShare = {HighShare}, ")
        + $"Radii = {string.Join(" ", Radii.Select(r => r.ToString(CultureInfo.InvariantCulture)))} }}";

    /// <summary>A random point of the sphere of a radius around 0 that is orthogonal to a unit vector.</summary>
    internal static double[] Draw(Rng rng, double[] normal, double radius)
    {
        double[] z = rng.Normal(normal.Length);
        double along = OrthonormalRows.Dot(z, normal);
        for (int k = 0; k < z.Length; k++) z[k] -= along * normal[k];
        double scale = radius / Math.Sqrt(OrthonormalRows.Dot(z, z));
        for (int k = 0; k < z.Length; k++) z[k] *= scale;
        return z;
    }

    private PathWidthRow Sphere(
        Classifier classifier, double[] centre, DType type, double[] normal, int sourceClass, int iteration, double radius, Rng rng)
    {
        double[] confidence = new double[Directions];
        double distances = 0;
        for (int first = 0; first < Directions; first += Together)
        {
            double[][] points = new double[Math.Min(Together, Directions - first)][];
            for (int k = 0; k < points.Length; k++)
            {
                points[k] = Draw(rng.At(first + k), normal, radius);
                double square = 0;
                for (int i = 0; i < centre.Length; i++)
                {
                    points[k][i] = Math.Clamp(centre[i] + points[k][i], classifier.Low, classifier.High);
                    square += (points[k][i] - centre[i]) * (points[k][i] - centre[i]);
                }
                distances += Math.Sqrt(square);
            }
            PathCertificate.Confidence(classifier, points, sourceClass, type).CopyTo(confidence, first);
        }
        // A NaN among them, which would be sorted to the front, makes the quantiles NaN.
        if (Array.Exists(confidence, double.IsNaN)) Array.Fill(confidence, double.NaN);
        Array.Sort(confidence);
        return new(iteration, radius, Statistics.Quantile(confidence, LowShare), Statistics.Quantile(confidence, HighShare),
            distances / Directions);
    }

    /// <summary>The unit gradient of the confidence; that of the log-odds has its direction and does not round to zero.</summary>
    private static double[]? Slope(Classifier classifier, double[] image, int sourceClass, DType type) => Arena.Step(() =>
    {
        Tensor one = Tensor.From(image, [1, .. classifier.InputShape.ToArray()]).Cast(type).To(classifier.Device);
        (_, Tensor rising) = NullStep.Rising(new Query(classifier, 1), one, [sourceClass]);
        return Unit(rising.Cast(DType.F64).ToArray<double>());
    }, _ => []);

    private static double[]? Travel(double[][] images, int at)
    {
        int from = Math.Min(at, images.Length - 2);
        return from < 0 ? null : Unit([.. images[from + 1].Zip(images[from], (next, now) => next - now)]);
    }

    private static double[]? Unit(double[] v)
    {
        double square = OrthonormalRows.Dot(v, v);
        if (!(square > NullStep.TinySquare && double.IsFinite(square))) return null;
        double length = Math.Sqrt(square);
        return Array.ConvertAll(v, x => x / length);
    }
}
