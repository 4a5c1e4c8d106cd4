using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Everything that was measured of one network.</summary>
/// <param name="All">All walks, and what lies between each source and its ends.</param>
/// <param name="Drawn">The walks that are shown.</param>
internal sealed record LevelSetOutcome(LevelSetSubject Subject, LevelSetBlock All, DrawnWalks Drawn)
{
    public DistanceSummary Distances => field ??= DistanceSummary.Of(All.Walks);

    public HullSummary Hulls => field ??= HullSummary.Of(All.Regions);

    public StarSummary Stars => field ??= StarSummary.Of(All.Regions);
}

/// <summary>Everything that was measured.</summary>
internal sealed record LevelSetResult(
    LevelSetSetting Setting, LevelSetPreset Preset, ChosenImages Chosen, WalkPlan Plan, IReadOnlyList<LevelSetOutcome> Networks,
    IReadOnlyList<LevelSetSweep> Sweeps)
{
    /// <summary>A walk that ends at most as far from its target, root mean square, has arrived.</summary>
    public const double Arrival = 0.05;

    /// <summary>What a robust network is compared with; none where no normal network is there.</summary>
    public (LevelSetOutcome Network, bool IsTwin)? PartnerOf(LevelSetOutcome robust) =>
        Setting.PartnerOf(robust.Subject) is { } partner
            ? (Networks.First(n => n.Subject.Weights == partner.Subject.Weights), partner.IsTwin) : null;

    /// <summary>The place of a radius among those that hulls were measured beyond; −1 for none.</summary>
    public int IndexOf(double? radius) => radius is { } known ? Array.IndexOf(Setting.Radii, known) : -1;
}

/// <summary>A mean and a standard deviation.</summary>
internal readonly record struct Spread(double Mean, double Deviation)
{
    /// <summary>Of the finite ones of some values; NaN of nothing.</summary>
    public static Spread Of(IEnumerable<double> values, bool population)
    {
        (double mean, double deviation) = Statistics.Spread(values.Where(double.IsFinite), population);
        return new(mean, deviation);
    }
}

/// <summary>Table 1: how near walks came, over those that count; deviations are of the sample.</summary>
/// <param name="Count">Walks that count.</param>
/// <param name="Excluded">Walks that do not.</param>
/// <param name="Arrived">Walks that ended near their target with the class kept.</param>
/// <param name="Kept">Walks at whose end the network still says the source's class.</param>
/// <param name="Moved">The largest difference of a pixel between source and end.</param>
internal sealed record DistanceSummary(
    int Count, int Excluded, int Arrived, int Kept, Spread Rmse, Spread Linf, Spread Ssim, Spread Distance, Spread Confidence,
    Spread WayLeft, Spread DistanceLeft, Spread Moved)
{
    public static DistanceSummary Of(IReadOnlyCollection<LevelSetWalk> walks)
    {
        LevelSetWalk[] counted = [.. walks.Where(walk => walk.Counts)];
        Spread Over(Func<LevelSetWalk, double> value, bool population = false) => Spread.Of(counted.Select(value), population);
        return new(counted.Length, walks.Count - counted.Length,
            counted.Count(walk => walk.IsKept && walk.Rmse <= LevelSetResult.Arrival), counted.Count(walk => walk.IsKept),
            Over(walk => walk.Rmse), Over(walk => walk.Linf), Over(walk => walk.Ssim), Over(walk => walk.Distance),
            Over(walk => walk.Confidence, population: true), Over(walk => walk.Rmse / walk.StartRmse),
            Over(walk => walk.Distance / walk.StartDistance), Over(walk => walk.Moved));
    }
}

/// <summary>Table 2: over the means of the triangles of each source; deviations are of the population.</summary>
/// <param name="Sources">Sources that have triangles.</param>
/// <param name="Without">Sources that have none.</param>
internal sealed record HullSummary(
    int Sources, int Without, int Triangles, int Degenerate, Spread SourceConfidence, Spread Mean, IReadOnlyList<Spread> Shares,
    Spread EdgeMean, double EdgeLowest)
{
    public static HullSummary Of(IReadOnlyCollection<SourceRegion> regions)
    {
        HullNumbers[] hulls = [.. regions.Select(region => region.Hull).OfType<HullNumbers>()];
        Spread Over(Func<HullNumbers, double> value) => Spread.Of(hulls.Select(value), population: true);
        return new(hulls.Length, regions.Count - hulls.Length, hulls.Sum(h => h.Triangles), hulls.Sum(h => h.Degenerate),
            Over(h => h.SourceConfidence), Over(h => h.Mean), [.. SourceRegion.Drops.Select((_, d) => Over(h => h.Shares[d]))],
            Over(h => h.EdgeMean), hulls.Select(h => h.EdgeLowest).DefaultIfEmpty(double.NaN).Min());
    }
}

/// <summary>Straight lines that stay at high confidence, and hulls of all ends, over all sources.</summary>
/// <param name="Walked">Lines to ends of walks that stay, for each drop; …</param>
/// <param name="Random">… lines of the same lengths in random directions, …</param>
/// <param name="Targets">… and lines to the target images.</param>
/// <param name="Hull">Random points of the hull of a source and all its ends at high confidence, …</param>
/// <param name="RandomHull">… and of one in random directions.</param>
internal sealed record StarSummary(
    int Skipped, IReadOnlyList<SuccessShare> Walked, IReadOnlyList<SuccessShare> Random, IReadOnlyList<SuccessShare> Targets,
    Spread WalkedReach, Spread RandomReach, Spread TargetReach, Spread Length, SuccessShare Hull, SuccessShare RandomHull,
    Spread LogVolume, Spread RandomLogVolume)
{
    public static StarSummary Of(IReadOnlyCollection<SourceRegion> regions)
    {
        StarNumbers[] stars = [.. regions.Select(region => region.Star).OfType<StarNumbers>()];
        VolumeNumbers[] hulls = [.. regions.Select(region => region.Volume).OfType<VolumeNumbers>()];
        int limbs = stars.Sum(s => s.Limbs);
        SuccessShare[] Stay(Func<StarNumbers, int[]> counts, int of) =>
            [.. SourceRegion.Drops.Select((_, d) => new SuccessShare(stars.Sum(s => counts(s)[d]), of))];
        Spread Over(Func<StarNumbers, double> value) => Spread.Of(stars.Select(value), population: true);
        Spread Volume(Func<VolumeNumbers, double> value) => Spread.Of(hulls.Select(value), population: true);
        int points = hulls.Sum(h => h.Points);
        return new(stars.Sum(s => s.Skipped), Stay(s => s.Walked, limbs), Stay(s => s.Random, limbs),
            Stay(s => s.Targets, limbs + stars.Sum(s => s.Skipped)), Over(s => s.WalkedReach), Over(s => s.RandomReach),
            Over(s => s.TargetReach), Over(s => s.Length), new(hulls.Sum(h => h.Inside), points),
            new(hulls.Sum(h => h.RandomInside), points), Volume(h => h.LogVolume), Volume(h => h.RandomLogVolume));
    }
}
