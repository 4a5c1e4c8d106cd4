namespace MiniGrad.Probes.Attacks;

/// <summary>Where a search of <see cref="PgdConf"/> starts.</summary>
public enum ConfidenceStart
{
    /// <summary>At the image; when it is started again, in a random direction.</summary>
    ZeroFirst,

    /// <summary>At the image.</summary>
    Zero,

    /// <summary>In a random direction, at a uniform share of the radius in the maximum norm.</summary>
    Random,

    /// <summary>At normal noise of deviation radius/(2 ln D), D the number of pixels.</summary>
    Gaussian,

    /// <summary>At one of these three, drawn for each image.</summary>
    Any,
}

/// <summary>
/// Steepest ascent with momentum; a step that would lower the loss is not made, and the next ones of that image are shorter. It
/// raises the confidence in a wrong class, which calibrated networks keep low (PGD-Conf); with <c>Loss.CrossEntropy</c> it is
/// PGD-CE, and without backtracking the attack that others run. Stutz et al., arXiv:1910.06259.
/// </summary>
/// <param name="Within">The changes that are allowed.</param>
/// <param name="Steps">Steps of one search, a gradient each.</param>
/// <param name="StepSize">Length of the first step.</param>
/// <param name="Momentum">How much of the running mean of directions a step keeps, in [0, 1).</param>
/// <param name="Shrink">What a step that is not made divides the length by, above 1.</param>
/// <param name="Backtrack">Whether steps that lower the loss are left out.</param>
/// <param name="StartAt">Where a search starts.</param>
public sealed record PgdConf(
    Threat Within, int Steps = 1000, double StepSize = 0.001, double Momentum = 0.9, double Shrink = 1.1, bool Backtrack = true,
    ConfidenceStart StartAt = ConfidenceStart.ZeroFirst) : BallAttack<PgdConf.State>(Within)
{
    private const double ShortestStep = 1e-20;

    /// <summary>
    /// The iterate, what it is worth and its steepest direction; the running mean of directions, the length of each row's next
    /// step, and the best iterate so far.
    /// </summary>
    public readonly record struct State(
        Tensor Point, Tensor Logits, double[] Loss, Tensor Direction, Tensor Velocity, double[] Length, Tensor Best, double[] BestLoss)
        : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Logits, Direction, Velocity, Best];

        Tensor? IRowState<State>.PointLogits => Logits;

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            double[] Of(double[] all) => Array.ConvertAll(rows, row => all[row]);
            return new(
                Point.TakeIndices(0, rows), Logits.TakeIndices(0, rows), Of(Loss), Direction.TakeIndices(0, rows),
                Velocity.TakeIndices(0, rows), Of(Length), Best.TakeIndices(0, rows), Of(BestLoss));
        }
    }

    /// <inheritdoc/>
    public override Loss Loss { get; init; } = Loss.Confidence;

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 0) Throw.Range($"pgd-conf: {Steps} steps; at least 0 are needed.");
        if (!(StepSize > 0 && double.IsFinite(StepSize))) Throw.Range($"pgd-conf: step size {StepSize} must be positive and finite.");
        if (!(Momentum is >= 0 and < 1)) Throw.Range($"pgd-conf: momentum {Momentum} is outside [0, 1).");
        if (!(Shrink > 1 && double.IsFinite(Shrink))) Throw.Range($"pgd-conf: steps shrink by {Shrink}; it must be above 1.");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        Tensor point = rows.Project(First(rows));
        (Tensor logits, Tensor value, Tensor gradient) = rows.Slope(point);
        double[] loss = Rows.Read(value).ToArray();
        double[] lengths = new double[loss.Length];
        Array.Fill(lengths, StepSize);
        Tensor still = Ops.Zeros(point.Shape, point.Type, point.Device);
        return new(point, logits, loss, Within.Steepest(gradient), still, lengths, point, [.. loss]);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Tensor velocity = state.Velocity * Momentum + state.Direction * (1 - Momentum);
        Tensor trial = rows.Project(state.Point + velocity * Rows.Scale(state.Length, velocity));
        // Where the trial is refused the direction stays what it was, so that each step needs one gradient, and no pass besides.
        (Tensor logits, Tensor value, Tensor gradient) = rows.Slope(trial);
        using RowBuffer<double> loss = Rows.Read(value);
        using RowBuffer<bool> made = new(loss.Count);
        using RowBuffer<bool> isBest = new(loss.Count);
        (double[] losses, double[] lengths, double[] best) = ([.. state.Loss], [.. state.Length], [.. state.BestLoss]);
        for (int i = 0; i < loss.Count; i++)
        {
            made[i] = !Backtrack || loss[i] >= state.Loss[i];
            if (made[i]) losses[i] = loss[i];
            else lengths[i] = Math.Max(lengths[i] / Shrink, ShortestStep);
            isBest[i] = made[i] && loss[i] > best[i];
            if (isBest[i]) best[i] = loss[i];
        }
        return new(
            Where(made.Span, trial, state.Point), Where(made.Span, logits, state.Logits), losses,
            Where(made.Span, Within.Steepest(gradient), state.Direction), velocity, lengths,
            isBest.Span.Contains(true) ? Where(isBest.Span, trial, state.Best) : state.Best, best);
    }

    /// <inheritdoc/>
    protected override Tensor Found(State state) => state.Best;

    private static Tensor Where(ReadOnlySpan<bool> flags, Tensor a, Tensor b) => flags.Contains(false) ? Rows.Choose(flags, a, b) : a;

    private Tensor First(SearchRows rows)
    {
        Tensor unchanged = rows.Unchanged();
        ConfidenceStart Of(Rng rng) => StartAt switch
        {
            ConfidenceStart.ZeroFirst => rows.Restart == 0 ? ConfidenceStart.Zero : ConfidenceStart.Random,
            ConfidenceStart.Any => ConfidenceStart.Zero + rng.At("start").Below(3),
            _ => StartAt,
        };
        return unchanged + Rows.Draw(unchanged, rows.Rngs, (rng, n) => Of(rng) switch
        {
            ConfidenceStart.Random => Direction(rng, n),
            ConfidenceStart.Gaussian => Array.ConvertAll(rng.Normal(n), v => v * Within.Radius / (2 * Math.Log(n))),
            _ => new double[n],
        });
    }

    private double[] Direction(Rng rng, int count)
    {
        double[] normal = rng.Normal(count);
        double length = rng.At("length").Uniform() * Within.Radius / normal.Max(Math.Abs);
        return Array.ConvertAll(normal, v => v * length);
    }
}
