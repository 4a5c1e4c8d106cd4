namespace MiniGrad.Probes.Attacks;

/// <summary>
/// A search that tries a list of points of its threat, the same number for each image, and keeps the worst: wrong before right, then
/// the higher loss. The clean image is not among them unless the list has it, so with <see cref="RunContext.AttacksMet"/> an image
/// that is wrong may be right at all of them.
/// </summary>
/// <param name="Within">The changes that are allowed.</param>
public abstract record CandidateSearch(Threat Within) : BallAttack<CandidateState>(Within)
{
    /// <summary>Images that are looked at in one pass, fewer of large ones: no faster with more.</summary>
    private const int MostImages = 256;

    private const int MostNumbers = 1 << 20;

    /// <summary>How many points each image is tried at.</summary>
    protected abstract int CandidateCount { get; }

    /// <summary>
    /// The points [owners, …]: owner k's candidate number <paramref name="first"/> + k mod <paramref name="count"/>.
    /// </summary>
    protected abstract Tensor Candidates(SearchRows rows, int[] owners, int first, int count);

    /// <summary>How many points a step tries. Where rows leave, later steps may try more, so that passes stay full.</summary>
    protected virtual int Block(int step) => 1;

    /// <summary>Makes points of so many a row worse before they are looked at.</summary>
    protected virtual Tensor Worsen(SearchRows rows, Tensor points, int[] owners) => points;

    /// <inheritdoc/>
    protected sealed override int Iterations
    {
        get
        {
            int steps = 0;
            for (int tried = 0; tried < CandidateCount; tried += Block(steps++))
            {
            }
            return steps;
        }
    }

    /// <inheritdoc/>
    protected sealed override CandidateState Start(SearchRows rows) =>
        // Nothing has been tried yet: the first step passes this point over, and its logits spare a look at it.
        new(0, WorstOfRows.None(rows, rows.Unchanged()));

    /// <inheritdoc/>
    protected sealed override CandidateState Step(SearchRows rows, CandidateState state)
    {
        int count = Math.Min(Block(rows.Iteration), CandidateCount - state.Tried);
        // A row that is broken leaves only behind this step.
        int[] owners = [.. Enumerable.Range(0, rows.Count).Where(row => !StopAtSuccess || !state.Worst.IsMet(row))
            .SelectMany(row => Enumerable.Repeat(row, count))];
        if (owners.Length == 0) return state with { Tried = state.Tried + count, IsFirst = false };
        Tensor points = Worsen(rows, Candidates(rows, owners, state.Tried, count), owners);
        List<Tensor> logits = [];
        int most = (int)Math.Clamp(MostNumbers / rows.Classifier.InputShape.Count, 1, MostImages);
        for (int first = 0; first < owners.Length; first += most)
        {
            AxisRange part = new(first, Math.Min(most, owners.Length - first));
            logits.Add(Arena.Step(
                () => rows.LogitsOf(points.Take(0, part), owners.AsSpan(first, part.Count).ToArray()), y => [y]));
        }
        Looked looked = new(rows, points, logits.Count == 1 ? logits[0] : Ops.Concat([.. logits], 0), owners);
        WorstOfRows worst = state.Worst.With(looked, owners, StopAtSuccess, out int[] passes);
        for (int row = 0; row < rows.Count; row++) rows.Query.Charge(row, passes[row]);
        return new(state.Tried + count, worst) { IsFirst = state.Tried == 0 };
    }

    /// <inheritdoc/>
    protected sealed override Tensor Found(CandidateState state) => state.Worst.Points;
}

/// <summary>Where a search of candidates stands.</summary>
/// <param name="Tried">How many points of each row were tried.</param>
/// <param name="Worst">The worst of them.</param>
public readonly record struct CandidateState(int Tried, WorstOfRows Worst) : IRowState<CandidateState>
{
    internal bool IsFirst { get; init; }

    /// <inheritdoc/>
    public Tensor Point => Worst.Points;

    /// <inheritdoc/>
    public Tensor PointLogits => Worst.Logits;

    /// <inheritdoc/>
    public bool[]? WereAllowed => IsFirst ? new bool[Worst.Count] : null;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Worst.Points, Worst.Logits];

    /// <inheritdoc/>
    public CandidateState Take(int[] rows) => new(Tried, Worst.Take(rows));
}
