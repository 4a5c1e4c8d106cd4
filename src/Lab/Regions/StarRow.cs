using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Regions;

/// <summary>What was found from one source, as a line of a run has it; numbers that there are none of are NaN, written as null.</summary>
/// <param name="Index">The number of the source in its run.</param>
/// <param name="SourceIndex">The number of its image in the data set.</param>
/// <param name="Class">Its class.</param>
/// <param name="TargetIndices">The numbers of the images that were walked to.</param>
/// <param name="Statuses">How the walks ended.</param>
/// <param name="Rmse">How far from their targets, root mean square.</param>
/// <param name="SourceConfidence">The confidence of the source's class at the source.</param>
/// <param name="Skipped">Walks that ended where they began.</param>
/// <param name="Walked">The straight lines to the ends of the walks.</param>
/// <param name="Random">Lines of the same lengths in random directions.</param>
/// <param name="Targets">The straight lines to the targets.</param>
/// <param name="Simplex">The simplex of the source and the ends.</param>
/// <param name="RandomSimplex">That of the random lines.</param>
/// <param name="Triangles">The triangles of the source and two ends.</param>
internal sealed record StarRow(
    int Index, int SourceIndex, int Class, int[] TargetIndices, string[] Statuses, double[] Rmse, double SourceConfidence, int Skipped,
    StarLines Walked, StarLines Random, StarLines Targets, StarSimplex Simplex, StarSimplex RandomSimplex, StarTriangles Triangles)
    : IRunRow;

/// <summary>Lines from one source: how many, how many stay in the region, and the share of each up to where it leaves it.</summary>
internal sealed record StarLines(int Count, int Inside, double[] Reach)
{
    public static StarLines Of(StarLimb[] limbs, double drop) =>
        new(limbs.Length, StarShape.Share(limbs, drop).Successes, Array.ConvertAll(limbs, limb => limb.Reach(drop)));
}

/// <summary>A simplex: points that were measured, those in the region, and the decimal logarithm of its volume.</summary>
internal sealed record StarSimplex(int Ends, int Points, int Inside, double LogVolume)
{
    public static StarSimplex Of(HullVolume hull, int ends) => new(ends, hull.Points, hull.Inside, hull.LogVolume);
}

/// <summary>
/// The triangles of a source: how many have an area, how many have none, and means over the former; the lowest difference on an edge is
/// that of all of them. Above are the shares of points at <see cref="Drops"/>.
/// </summary>
internal sealed record StarTriangles(
    int Count, int Degenerate, double Mean, double[] Above, double EdgeMean, double EdgeLowest, double Area, double AreaAbove)
{
    /// <summary>The drops of the published table.</summary>
    public static readonly double[] Drops = [0, 0.1, 0.2, 0.3];

    public static StarTriangles Of(TriangleHull[] all, double drop)
    {
        TriangleHull[] hulls = [.. all.Where(hull => !hull.IsDegenerate)];
        double Mean(Func<TriangleHull, double> value) => hulls.Length == 0 ? double.NaN : hulls.Average(value);
        return new(hulls.Length, all.Length - hulls.Length, Mean(h => h.Mean), Array.ConvertAll(Drops, d => Mean(h => h.ShareAbove(d))),
            Mean(h => h.EdgeMean), hulls.Length == 0 ? double.NaN : hulls.Min(h => h.EdgeLowestDifference), Mean(h => h.Area),
            Mean(h => h.AreaAbove(drop)));
    }
}

/// <summary>The walks from one source and the lines to their ends.</summary>
/// <param name="Pairs">The source and its targets, as numbers of the input.</param>
/// <param name="Walks">How each walk ended.</param>
/// <param name="Kept">Which of them count, from 0.</param>
/// <param name="Source">The source, [1, C, H, W].</param>
/// <param name="Ends">The ends of those that count; none where none does.</param>
/// <param name="Rng">The random numbers of the source.</param>
internal sealed record StarWalks(
    (int Source, int[] Targets) Pairs, ExampleResult[] Walks, int[] Kept, Tensor Source, Tensor? Ends, Rng Rng)
{
    public string[] Statuses => Array.ConvertAll(Walks, walk => StatusWord.Of(walk.Status));
}
