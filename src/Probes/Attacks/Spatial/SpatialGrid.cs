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

    private const int Most = 1_000_000;

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
        CheckCounts("spatial-grid", Angles, Shifts);
        if (Within is not Warp)
        {
            Throw.Argument($"spatial-grid: it turns and shifts images; {Within} does not, or does more. "
                + "Give --threat warp:30deg,3px, or attack by spatial-combined.");
        }
        if (Restarts > 1) Throw.Range($"spatial-grid: {Restarts} restarts; the grid is the same from every start. Leave them out.");
    }

    /// <summary>Throws unless the grid has points, and not more than anyone can wait for.</summary>
    internal static void CheckCounts(string attack, int angles, int shifts)
    {
        if (angles < 1 || shifts < 1) Throw.Range($"{attack}: {angles} angles and {shifts} shifts; at least 1 of each is needed.");
        if ((double)angles * shifts * shifts > Most)
        {
            Throw.Range($"{attack}: {angles} angles and {shifts} shifts along each axis are more than {Most} points. Take fewer.");
        }
    }

    /// <summary>What a user should know of such a grid.</summary>
    internal static IEnumerable<string> CautionsOf(int angles, int shifts)
    {
        if (angles % 2 != 0 && shifts % 2 != 0) yield break;
        yield return $"grid: of {angles} angles and {shifts} shifts none leaves the image as it is; odd numbers have that one too.";
    }

    internal override IEnumerable<string> Cautions(Classifier classifier) =>
        [.. base.Cautions(classifier), .. CautionsOf(Angles, Shifts)];

    /// <inheritdoc/>
    protected override int Block(int step) => step < 5 ? 1 << step : LargestBlock;

    /// <inheritdoc/>
    protected override Tensor Candidates(SearchRows rows, int[] owners, int first, int count) =>
        WarpPoints.Repeat(rows, Grid(Angles, Shifts), owners, first, count);

    /// <summary>Equally spaced numbers from −1 to 1, whose middle is exactly 0; one alone is 0, no change.</summary>
    internal static double[] Axis(int count) =>
        count == 1 ? [0] : [.. Enumerable.Range(0, count).Select(i => (2.0 * i - (count - 1)) / (count - 1))];
}

/// <summary>Points of rotation and shift as searches make them.</summary>
internal static class WarpPoints
{
    /// <summary>The numbers of a rotation and shift: angle, right, down.</summary>
    public const int Size = 3;

    /// <summary>The same points for every owner [owners, size of a point], what else belongs to a point unchanged.</summary>
    public static Tensor Repeat(SearchRows rows, IReadOnlyList<double[]> points, int[] owners, int first, int count)
    {
        Tensor unchanged = rows.Unchanged();
        double[] values = new double[owners.Length * Size];
        for (int k = 0; k < owners.Length; k++) points[first + k % count].CopyTo(values, k * Size);
        Tensor warps = Tensor.From(values, [owners.Length, Size], unchanged.Device).Cast(unchanged.Type);
        int rest = unchanged.Shape[1] - Size;
        return rest == 0 ? warps : Ops.Concat([warps, Ops.Zeros([owners.Length, rest], unchanged.Type, unchanged.Device)], 1);
    }

    /// <summary>A random point for every owner, each row's own, the same whoever else is tried.</summary>
    public static Tensor Drawn(SearchRows rows, int[] owners, int number)
    {
        Tensor drawn = rows.RandomStart(rows.RngsAt(number));
        return owners.Length == rows.Count ? drawn : drawn.TakeIndices(0, owners);
    }

    /// <exception cref="ArgumentException">The threat does not turn and shift.</exception>
    public static void Check(string attack, Threat threat)
    {
        if (threat is Warp or WarpLinf) return;
        Throw.Argument($"{attack}: it turns and shifts images; {threat} does not. Give --threat warp:30deg,3px.");
    }
}
