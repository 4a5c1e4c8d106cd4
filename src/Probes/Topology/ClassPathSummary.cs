using MiniGrad.Probes.Detection;

namespace MiniGrad.Probes.Topology;

/// <summary>The paths of one kind of pair in numbers. Lengths and shapes are over paths that were found.</summary>
/// <param name="Pairs">Pairs that have an end, and so a search.</param>
/// <param name="NoEnd">Pairs whose end could not be moved into the region; in no other count.</param>
/// <param name="Found">Pairs with a path.</param>
/// <param name="Straight">Those whose path is the straight line.</param>
/// <param name="Projection">Inconclusive: a midpoint could not be moved into the region.</param>
/// <param name="Depth">Inconclusive: pieces left the region at the last level.</param>
/// <param name="Recheck">Inconclusive: denser samples showed a gap that could not be closed.</param>
/// <param name="Refined">Pairs with a gap that only the denser samples showed.</param>
/// <param name="RelativeLength">Median and quartiles of the relative length.</param>
/// <param name="LongestRelativeLength">The largest relative length.</param>
/// <param name="Deviation">Median and quartiles of the distance to the straight line.</param>
/// <param name="TurningDegrees">Median and quartiles of the turning.</param>
/// <param name="Anchors">Median and quartiles of the anchors.</param>
/// <param name="MostAnchors">The most anchors.</param>
/// <param name="DeepestLevel">The deepest level of a path that was found.</param>
/// <param name="ChordPurity">Median and quartiles of the purity of the straight line, over all pairs.</param>
/// <param name="LowestMargin">Median and quartiles of the lowest margin.</param>
/// <param name="Forwards">Median and quartiles of the forward passes of a pair.</param>
/// <param name="Gradients">Median and quartiles of the gradients of a pair.</param>
/// <param name="TotalForwards">All forward passes.</param>
internal sealed record ClassPathSummary(
    int Pairs, int NoEnd, int Found, int Straight, int Projection, int Depth, int Recheck, int Refined, Quartiles RelativeLength,
    double LongestRelativeLength, Quartiles Deviation, Quartiles TurningDegrees, Quartiles Anchors, int MostAnchors, int DeepestLevel,
    Quartiles ChordPurity, Quartiles LowestMargin, Quartiles Forwards, Quartiles Gradients, long TotalForwards)
{
    /// <summary>Pairs whose search failed, which says nothing of their region.</summary>
    public int Inconclusive => Projection + Depth + Recheck;

    /// <summary>The share of pairs with a path; NaN of none.</summary>
    public double SuccessRate => Pairs == 0 ? double.NaN : (double)Found / Pairs;

    /// <summary>The 95 % interval of that share.</summary>
    public WilsonInterval SuccessInterval => WilsonInterval.Of(Found, Pairs);

    /// <summary>The share of pairs whose straight line is the path; NaN of none.</summary>
    public double StraightShare => Pairs == 0 ? double.NaN : (double)Straight / Pairs;

    /// <summary>The 95 % interval of that share.</summary>
    public WilsonInterval StraightInterval => WilsonInterval.Of(Straight, Pairs);

    /// <summary>The summary of paths.</summary>
    public static ClassPathSummary Of(IEnumerable<PathNumbers> paths)
    {
        PathNumbers[] all = [.. paths];
        PathNumbers[] searched = [.. all.Where(path => path.Status != PathStatus.NoEnd)];
        PathNumbers[] found = [.. searched.Where(path => path.Status == PathStatus.Found)];
        int Count(PathStatus status) => all.Count(path => path.Status == status);
        Quartiles OfFound(Func<PathNumbers, double> value) => Quartiles.Of(found.Select(value));
        return new(searched.Length, Count(PathStatus.NoEnd), found.Length, found.Count(path => path.Anchors == 0),
            Count(PathStatus.Projection), Count(PathStatus.Depth), Count(PathStatus.Recheck), found.Count(path => path.Refined > 0),
            OfFound(path => path.RelativeLength), found.Select(path => path.RelativeLength).DefaultIfEmpty(double.NaN).Max(),
            OfFound(path => path.Deviation), OfFound(path => path.TurningDegrees), OfFound(path => path.Anchors),
            found.Select(path => path.Anchors).DefaultIfEmpty(0).Max(), found.Select(path => path.Depth).DefaultIfEmpty(0).Max(),
            Quartiles.Of(searched.Select(path => path.ChordPurity)), OfFound(path => path.LowestMargin),
            Quartiles.Of(searched.Select(path => (double)path.Forwards)), Quartiles.Of(searched.Select(path => (double)path.Gradients)),
            all.Sum(path => (long)path.Forwards));
    }
}

/// <summary>The numbers of a path without its points: what a line of a run holds.</summary>
internal sealed record PathNumbers(
    PathStatus Status, double Push, int Depth, int Refined, int Anchors, double ChordPurity, double RelativeLength, double Deviation,
    double TurningDegrees, double LowestMargin, int Forwards, int Gradients)
{
    public static PathNumbers Of(ClassPath path) => new(path.Status, path.Push, path.Depth, path.Refined, path.Anchors, path.ChordPurity,
        path.RelativeLength, path.Deviation, path.TurningDegrees, path.LowestMargin, path.Forwards, path.Gradients);
}
