using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Regions;

/// <summary>
/// Whether a walk kept its confidence between its steps too: points are put on every segment so that none is farther from the next
/// than a spacing, and the confidence of the source's class is measured at each. It makes walks of any step comparable.
/// </summary>
/// <param name="MaxDrop">The largest drop below the source's confidence.</param>
/// <param name="Points">Images that were measured.</param>
/// <param name="IsCertified">Whether the largest drop is allowed.</param>
internal sealed record PathCertificate(double MaxDrop, int Points, bool IsCertified)
{
    /// <summary>Images that are measured together.</summary>
    private const int Together = 256;

    /// <summary>Measures a walk of which every image was kept.</summary>
    /// <param name="sourceConfidence">That of the source, from which drops are counted.</param>
    /// <param name="allowed">The largest allowed drop.</param>
    /// <param name="from">The iteration at which the walk begins; what a search for its start did before is no part of it.</param>
    /// <exception cref="ArgumentException">
    /// Images are missing, so that the lines between those that were kept are not the walk; or a number makes no sense.
    /// </exception>
    public static PathCertificate Of(
        Classifier classifier, WalkPath path, int sourceClass, double sourceConfidence, double spacing, double allowed, int from = 0)
    {
        if (!(spacing > 0 && double.IsFinite(spacing))) Throw.Range($"certificate: spacing {spacing} must be positive and finite.");
        if (!(allowed is > 0 and < 1)) Throw.Range($"certificate: confidence drop {allowed} is outside (0, 1).");
        classifier.CheckClasses([sourceClass], 1, "certificate");
        int[] kept = [.. Enumerable.Range(0, path.Images.Length).Where(i => path.ImageIterations[i] >= from)];
        for (int k = 0; k < kept.Length; k++)
        {
            if (path.ImageIterations[kept[k]] != from + k)
            {
                Throw.Argument($"certificate: image {from + k} of the walk was not kept. Run it with PathEvery = 1.");
            }
        }
        if (kept.Length == 0) Throw.Range($"certificate: the walk has no iteration {from}.");
        double[] drops = [.. Between([.. kept.Select(k => path.Images[k])], spacing).Chunk(Together)
            .SelectMany(images => Confidence(classifier, images, sourceClass)).Select(p => sourceConfidence - p)];
        return new(drops.Max(), drops.Length, drops.All(drop => drop <= allowed));
    }

    /// <summary>The confidence of a class at images, in memory that is used again.</summary>
    internal static double[] Confidence(
        Classifier classifier, double[][] images, int sourceClass, DType type = DType.F32) => Arena.Step(() =>
    {
        Tensor batch = Tensor.From([.. images.SelectMany(x => x)], [images.Length, .. classifier.InputShape.ToArray()]).Cast(type);
        return Logits.Confidence(classifier.Logits(batch), [.. Enumerable.Repeat(sourceClass, images.Length)]);
    }, _ => []);

    private static IEnumerable<double[]> Between(float[][] images, double spacing)
    {
        yield return Array.ConvertAll(images[0], pixel => (double)pixel);
        for (int i = 1; i < images.Length; i++)
        {
            (float[] a, float[] b) = (images[i - 1], images[i]);
            double length = Math.Sqrt(a.Zip(b, (x, y) => ((double)y - x) * ((double)y - x)).Sum());
            int pieces = Math.Max(1, (int)Math.Ceiling(length / spacing));
            for (int piece = 1; piece <= pieces; piece++)
            {
                double t = (double)piece / pieces;
                yield return [.. a.Zip(b, (x, y) => (1 - t) * x + t * y)];
            }
        }
    }
}
