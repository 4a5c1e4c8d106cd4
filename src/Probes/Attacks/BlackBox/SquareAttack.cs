namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Random search by squares, without gradients: each query changes a random window of the image and keeps the change when the loss
/// rises, by default that of the margin. Within L∞ a window goes to ±radius channel by channel; within L2 it takes a pattern of two
/// pyramids and the length that another window gives up. Andriushchenko et al., arXiv:1912.00049. Windows lie anywhere, the last row
/// and column included, which the published code leaves out.
/// </summary>
/// <param name="Within">An L∞ or L2 ball.</param>
/// <param name="Queries">Forward passes of an image, the start included.</param>
/// <param name="Share">The share of the image that the first windows cover.</param>
/// <param name="Rescale">
/// Whether the share falls in step with the number of queries, as if there were 10 000 in all; otherwise it falls behind the same
/// queries whatever their number.
/// </param>
public sealed record SquareAttack(Threat Within, int Queries = 5000, double Share = 0.8, bool Rescale = false)
    : BallAttack<SquareAttack.State>(Within)
{
    /// <summary>The queries behind which the share of the image is halved.</summary>
    private static readonly int[] Thresholds = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

    /// <summary>How many queries the thresholds are made for.</summary>
    private const int UsualQueries = 10_000;

    /// <summary>What was looked at last, and its logits; the pixels that are kept lie on the host.</summary>
    public readonly record struct State(Tensor Point, Tensor Logits) : IRowState<State>
    {
        internal SquarePixels Pixels { get; init; } = null!;

        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Logits];

        Tensor? IRowState<State>.PointLogits => Logits;

        /// <inheritdoc/>
        public State Take(int[] rows) => new(Point.TakeIndices(0, rows), Logits.TakeIndices(0, rows)) { Pixels = Pixels.Take(rows) };
    }

    /// <inheritdoc/>
    public override bool StopAtSuccess { get; init; } = true;

    /// <inheritdoc/>
    public override Loss Loss { get; init; } = Loss.Margin;

    /// <summary>The start is a query too.</summary>
    protected override int Iterations => Queries - 1;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Within is not (Linf or L2)) Throw.Argument($"square: {Within} is no ball of L-infinity or L2. Write --threat linf:8/255.");
        if (Queries < 1) Throw.Range($"square: {Queries} queries; at least 1 is needed.");
        if (!(Share is > 0 and <= 1)) Throw.Range($"square: a share {Share} of the image is outside (0, 1].");
    }

    /// <summary>The share of the image that the window of a query behind the start covers, counted from 0.</summary>
    public double ShareAt(int query)
    {
        double at = Rescale ? Math.Floor((double)query / Queries * UsualQueries) : query;
        int passed = 0;
        foreach (int threshold in Thresholds) passed += at > threshold ? 1 : 0;
        return Share / (1 << passed);
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        SquarePixels pixels = SquarePixels.Of(rows, Within);
        Rng[] rngs = rows.RngsAt("start");
        for (int i = 0; i < rngs.Length; i++) pixels.Start(i, rngs[i]);
        Tensor point = pixels.Tried();
        Tensor logits = rows.Query.Logits(point);
        Decide(rows, pixels, logits, [.. Enumerable.Range(0, rows.Count)]);
        return new(point, logits) { Pixels = pixels };
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        SquarePixels pixels = state.Pixels;
        int side = pixels.Side(ShareAt(rows.Iteration));
        // A row that is broken leaves only behind this step.
        int[] open = [.. Enumerable.Range(0, rows.Count).Where(row => !StopAtSuccess || !pixels.AreMet[row])];
        foreach (int row in open) pixels.Try(row, side, rows.Rngs[row].At(rows.Iteration));
        Tensor point = pixels.Tried();
        if (open.Length == 0) return state;
        bool isAll = open.Length == rows.Count;
        Tensor logits = isAll ? rows.Query.Logits(point) : rows.Query.Logits(point.TakeIndices(0, open), open);
        Decide(rows, pixels, logits, open);
        return new(point, isAll ? logits : Rows.Put(logits, open, state.Logits)) { Pixels = pixels };
    }

    /// <summary>Rows that were not broken end at what they kept.</summary>
    protected override State Finish(SearchRows rows, State state) =>
        state with { Point = state.Pixels.Kept(), Logits = state.Pixels.KeptLogits(state.Logits) };

    /// <summary>Keeps what was tried where it meets the goal and what was kept does not, and else where it raises the loss.</summary>
    private static void Decide(SearchRows rows, SquarePixels pixels, Tensor logits, int[] tried)
    {
        bool isAll = tried.Length == rows.Count;
        using RowBuffer<double> losses = Rows.Read(rows.LossOf(logits, isAll ? rows.Goal : rows.Goal.Take(tried)));
        using RowBuffer<double> z = Rows.Read(logits);
        for (int k = 0; k < tried.Length; k++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(k * logits.Shape[1], logits.Shape[1]);
            pixels.Decide(tried[k], losses[k], rows.Goal.IsMet(tried[k], Logits.Top(line)), line);
        }
    }
}
