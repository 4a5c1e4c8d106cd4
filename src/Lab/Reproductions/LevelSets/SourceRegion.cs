using MiniGrad.Charts.Planes;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>What the confidence does between one source and where its walks ended.</summary>
/// <param name="Source">The number of the source in the data set.</param>
/// <param name="Hull">Over the triangles of pairs of ends; none where there are no two valid ends.</param>
/// <param name="Star">Along straight lines; none where they were not asked for, or there is no end.</param>
/// <param name="Volume">Over the hull of all ends; none where it was not asked for, or there is no end.</param>
internal sealed record SourceRegion(int Source, HullNumbers? Hull, StarNumbers? Star, VolumeNumbers? Volume)
{
    /// <summary>Drops below the source's confidence at which shares are counted.</summary>
    public static readonly double[] Drops = [0.0, 0.1, 0.2, 0.3];

    /// <summary>The drop that walks are allowed.</summary>
    public const double Drop = 0.2;
}

/// <summary>Means over the triangles of one source, of 66 points each; the lowest is the least of all of them.</summary>
/// <param name="Triangles">Triangles that were measured.</param>
/// <param name="Degenerate">Triangles without area, or of two walks to one target, which were not.</param>
/// <param name="Shares">Of points strictly above the source's confidence less each drop.</param>
/// <param name="EdgeMean">Over both edges from the source.</param>
/// <param name="EdgeLowest">On the edges, less the source's confidence.</param>
/// <param name="Beyond">For each radius the share of points farther from the source in L∞, …</param>
/// <param name="BeyondHigh">… and of these those above the source's confidence less 0.2; NaN where there are none.</param>
internal sealed record HullNumbers(
    int Triangles, int Degenerate, double SourceConfidence, double Mean, double[] Shares, double EdgeMean, double EdgeLowest,
    double[] Beyond, double[] BeyondHigh)
{
    /// <param name="classifier">The network.</param>
    /// <param name="source">The source, [1, C, H, W].</param>
    /// <param name="ends">The valid ends of its walks, [k, C, H, W].</param>
    /// <param name="targets">The image that each was walked to.</param>
    /// <param name="sourceClass">The class whose confidence is measured.</param>
    /// <param name="radii">Radii in L∞.</param>
    /// <param name="hasReferenceGrid">Whether the points that the released code loses are left out.</param>
    public static HullNumbers? Of(
        Classifier classifier, Tensor source, Tensor ends, int[] targets, int sourceClass, double[] radii, bool hasReferenceGrid)
    {
        float[] from = Pictures.Floats(source);
        float[][] to = [.. Enumerable.Range(0, targets.Length).Select(k => Pictures.Floats(ends.TakeIndices(0, [k])))];
        List<TriangleHull> hulls = [];
        int degenerate = 0;
        (int[] beyond, int[] high, int points) = (new int[radii.Length], new int[radii.Length], 0);
        for (int a = 0; a < targets.Length; a++)
        {
            for (int b = a + 1; b < targets.Length; b++)
            {
                if (targets[a] == targets[b] || TriangleShape.Between(from, to[a], to[b]).IsDegenerate)
                {
                    degenerate++;
                    continue;
                }
                TriangleHull hull = TriangleHull.Measure(
                    classifier, source, ends.TakeIndices(0, [a]), ends.TakeIndices(0, [b]), sourceClass);
                hulls.Add(hasReferenceGrid ? hull.ReferenceGrid() : hull);
                points += hull.All.Count();
                Count(hull, from, to[a], to[b], radii, beyond, high);
            }
        }
        if (hulls.Count == 0) return null;
        return new(hulls.Count, degenerate, hulls[0].SourceConfidence, hulls.Average(h => h.Mean),
            [.. SourceRegion.Drops.Select(drop => hulls.Average(h => h.ShareAbove(drop)))], hulls.Average(h => h.EdgeMean),
            hulls.Min(h => h.EdgeLowestDifference), Array.ConvertAll(beyond, n => (double)n / points),
            [.. high.Zip(beyond, (n, of) => of == 0 ? double.NaN : (double)n / of)]);
    }

    /// <summary>Counts the points of one triangle beyond each radius, and those of them at high confidence.</summary>
    private static void Count(
        TriangleHull hull, float[] from, float[] first, float[] second, double[] radii, int[] beyond, int[] high)
    {
        int n = hull.Values.Length - 1;
        for (int i = 0; i <= n; i++)
        {
            for (int j = 0; j <= n - i; j++)
            {
                (double u, double v) = ((double)i / n, (double)j / n);
                double far = 0;
                for (int k = 0; k < from.Length; k++) far = Math.Max(far, Math.Abs(u * (first[k] - from[k]) + v * (second[k] - from[k])));
                for (int r = 0; r < radii.Length; r++)
                {
                    if (!(far > radii[r])) continue;
                    beyond[r]++;
                    if (hull.Values[i][j] > hull.SourceConfidence - SourceRegion.Drop) high[r]++;
                }
            }
        }
    }
}

/// <summary>Straight lines from one source that stay above its confidence less each drop: how many, and how far they reach.</summary>
/// <param name="Limbs">Lines to ends of walks; as many random ones.</param>
/// <param name="Skipped">Ends that equal the source.</param>
/// <param name="Walked">Lines to ends that stay, for each drop; …</param>
/// <param name="Random">… lines of the same lengths in random directions, …</param>
/// <param name="Targets">… and lines to the target images.</param>
/// <param name="WalkedReach">The mean share of a line before it leaves, at a drop of 0.2; …</param>
/// <param name="RandomReach">… of random ones, …</param>
/// <param name="TargetReach">… and of those to the targets.</param>
/// <param name="Length">The mean length, L2.</param>
internal sealed record StarNumbers(
    int Limbs, int Skipped, int[] Walked, int[] Random, int[] Targets, double WalkedReach, double RandomReach, double TargetReach,
    double Length)
{
    public static StarNumbers Of(StarShape star)
    {
        static int[] Stay(StarLimb[] limbs) => [.. SourceRegion.Drops.Select(drop => limbs.Count(limb => limb.Stays(drop)))];
        static double Reach(StarLimb[] limbs) =>
            limbs.Select(limb => limb.Reach(SourceRegion.Drop)).DefaultIfEmpty(double.NaN).Average();
        return new(star.Limbs.Length, star.Skipped, Stay(star.Limbs), Stay(star.Random), Stay(star.Targets), Reach(star.Limbs),
            Reach(star.Random), Reach(star.Targets), star.Limbs.Select(limb => limb.Length).DefaultIfEmpty(double.NaN).Average());
    }
}

/// <summary>Random points of the hull of one source and all its ends, and of one in random directions, at a drop of 0.2.</summary>
/// <param name="Ends">The dimension of both.</param>
/// <param name="Points">Points of each.</param>
/// <param name="Inside">Points of the walked hull at high confidence, …</param>
/// <param name="RandomInside">… and of the other.</param>
/// <param name="LogVolume">The decimal logarithm of the volume of the walked hull; NaN where it has none.</param>
/// <param name="RandomLogVolume">The same of the other.</param>
internal sealed record VolumeNumbers(int Ends, int Points, int Inside, int RandomInside, double LogVolume, double RandomLogVolume)
{
    public static VolumeNumbers Of(int ends, (HullVolume Walked, HullVolume Random) hulls) => new(
        ends, hulls.Walked.Points, hulls.Walked.Inside, hulls.Random.Inside, hulls.Walked.LogVolume, hulls.Random.LogVolume);
}
