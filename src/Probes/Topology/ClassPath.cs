namespace MiniGrad.Probes.Topology;

/// <summary>How the search for a path ended. All but the first are inconclusive: a region in one piece can fail too.</summary>
public enum PathStatus
{
    /// <summary>A path was found whose samples all lie in the region.</summary>
    Found,

    /// <summary>A midpoint could not be moved into the region.</summary>
    Projection,

    /// <summary>Pieces still left the region at the last level, for every push.</summary>
    Depth,

    /// <summary>A path was found, but ten times as many samples showed a gap that could not be closed.</summary>
    Recheck,

    /// <summary>The end that was to be moved into the region could not be, so that there was no pair to search for.</summary>
    NoEnd,
}

/// <summary>The path that was found between two points of one class's region, or how the search failed.</summary>
/// <param name="Index">The number of the pair.</param>
/// <param name="Class">The class that is predicted at both ends.</param>
/// <param name="Status">How the search ended.</param>
/// <param name="Push">The inward push of the last attempt, as a share of the way into the region.</param>
/// <param name="Depth">How often the straight line was split at most; 0 for a straight path.</param>
/// <param name="Refined">Pieces that only the denser samples at the end showed to leave the region.</param>
/// <param name="ChordPurity">The share of the samples of the straight line that lie in the region; NaN without an end.</param>
/// <param name="LowestMargin">The lowest difference of the class's logit and the largest other one on the path; NaN unless found.</param>
/// <param name="Forwards">Forward passes.</param>
/// <param name="Gradients">Gradients.</param>
/// <param name="Points">The ends and the anchors between them, in order, [anchors + 2, …]; the ends alone unless found.</param>
public sealed record ClassPath(
    int Index, int Class, PathStatus Status, double Push, int Depth, int Refined, double ChordPurity, double LowestMargin,
    int Forwards, int Gradients, Tensor Points)
{
    private readonly PathShape shape = Status == PathStatus.Found ? PathShape.Of(RowsOf(Points)) : new(double.NaN, double.NaN, double.NaN);

    /// <summary>Whether a path was found: evidence at the density of the samples, no proof.</summary>
    public bool IsFound => Status == PathStatus.Found;

    /// <summary>Whether the search failed; it says nothing of the region.</summary>
    public bool IsInconclusive => Status is PathStatus.Projection or PathStatus.Depth or PathStatus.Recheck;

    /// <summary>Points between the ends; 0 for a straight path.</summary>
    public int Anchors => Points.Shape[0] - 2;

    /// <summary>Whether the straight line itself is the path.</summary>
    public bool IsStraight => IsFound && Anchors == 0;

    /// <summary>The length of the path, as a multiple of the distance of its ends; NaN unless found.</summary>
    public double RelativeLength => shape.RelativeLength;

    /// <summary>The largest distance of the path to the straight line, as a share of its length; NaN unless found.</summary>
    public double Deviation => shape.Deviation;

    /// <summary>The sum of the angles by which the path turns at its anchors, in degrees; NaN unless found.</summary>
    public double TurningDegrees => shape.TurningDegrees;

    private static double[][] RowsOf(Tensor points) =>
        [.. points.Cast(DType.F64).ToArray<double>().Chunk((int)(points.Count / points.Shape[0]))];
}
