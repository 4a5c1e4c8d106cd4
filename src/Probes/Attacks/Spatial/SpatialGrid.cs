namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Every rotation and shift of a grid, end points included: the strong attack of its threat, which no gradient leads astray. The
/// farthest are tried first, since they break most images, and an image leaves with the first that breaks it unless
/// <see cref="BallAttack.StopAtSuccess"/> is off. Engstrom et al., arXiv:1712.02779.
/// </summary>
/// <param name="Within">The rotations and shifts that are allowed.</param>
/// <param name="Angles">How many angles.</param>
/// <param name="Shifts">How many shifts along each axis.</param>
public sealed record SpatialGrid(Threat Within, int Angles = 31, int Shifts = 5) : CandidateSearch(Within)
{
    // Later steps try more of the few images that are left.
    private const int LargestBlock = 32;

    /// <inheritdoc/>
    public override bool StopAtSuccess { get; init; } = true;

    /// <inheritdoc/>
    protected override int CandidateCount => checked(Angles * Shifts * Shifts);

    /// <summary>
    /// All combinations of so many angles and shifts as shares of their limits, farthest from none first: angle, right, down.
    /// </summary>
    public static IReadOnlyList<double[]> Grid(int angles, int shifts)
    {
        double[] turns = Axis(angles), moves = Axis(shifts);
        return [.. (from turn in turns from right in moves from down in moves select (double[])[turn, right, down])
            .OrderByDescending(p => p.Sum(Math.Abs))];
    }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Angles < 1 || Shifts < 1) Throw.Range($"spatial-grid: {Angles} angles and {Shifts} shifts; at least 1 of each is needed.");
        WarpPoints.Check("spatial-grid", Within);
    }

    internal override IEnumerable<string> Cautions(Classifier classifier)
    {
        foreach (string caution in base.Cautions(classifier)) yield return caution;
        if (Angles % 2 == 0 || Shifts % 2 == 0)
        {
            yield return $"grid: of {Angles} angles and {Shifts} shifts none leaves the image as it is; odd numbers have that one too.";
        }
    }

    /// <inheritdoc/>
    protected override int Block(int step) => step < 5 ? 1 << step : LargestBlock;

    /// <inheritdoc/>
    protected override Tensor Candidates(SearchRows rows, int first, int count) => 
        WarpPoints.Repeat(rows, Grid(Angles, Shifts), first, count);

    /// <summary>From −1 to 1; a single one is no change.</summary>
    private static double[] Axis(int count) => count == 1 ? [0] : [.. Enumerable.Range(0, count).Select(i => 2.0 * i / (count - 1) - 1)];
}

/// <summary>Points of rotation and shift as searches make them.</summary>
internal static class WarpPoints
{
    /// <summary>The numbers of a rotation and shift: angle, right, down.</summary>
    public const int Size = 3;

    /// <summary>The same points for every row [rows · count, size of a point], what else belongs to a point unchanged.</summary>
    public static Tensor Repeat(SearchRows rows, IReadOnlyList<double[]> points, int first, int count)
    {
        Tensor unchanged = rows.Unchanged();
        double[] values = new double[count * Size];
        for (int k = 0; k < count; k++) points[first + k].CopyTo(values, k * Size);
        Tensor few = Tensor.From(values, [1, count, Size], unchanged.Device).Cast(unchanged.Type);
        Tensor warps = few.BroadcastTo([rows.Count, count, Size]).Reshape(rows.Count * count, Size);
        if (unchanged.Shape[1] == Size) return warps.Contiguous();
        int rest = unchanged.Shape[1] - Size;
        return Ops.Concat([warps, Ops.Zeros([rows.Count * count, rest], unchanged.Type, unchanged.Device)], 1);
    }

    /// <exception cref="ArgumentException">The threat does not turn and shift.</exception>
    public static void Check(string attack, Threat threat)
    {
        if (threat is Warp or WarpLinf) return;
        Throw.Argument($"{attack}: it turns and shifts images; {threat} does not. Give --threat warp:30deg,3px.");
    }
}
