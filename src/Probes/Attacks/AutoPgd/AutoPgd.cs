namespace MiniGrad.Probes.Attacks;

/// <summary>
/// AutoPGD: ascent with momentum whose step starts at twice the radius and is halved, back at the best point, where it no longer pays.
/// A step costs one gradient and no pass besides. Croce and Hein, arXiv:2003.01690.
/// </summary>
/// <param name="Within">The changes that are allowed: a ball of L∞ or L2, or a convex threat of pixels of your own.</param>
/// <param name="Steps">Steps of one search.</param>
public abstract record AutoPgd(Threat Within, int Steps) : BallAttack<AutoPgdState>(Within)
{
    /// <summary>How much of a step is the new one; the rest repeats the one before.</summary>
    private const double Fresh = 0.75;

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    /// <summary>
    /// The steps after which lengths are looked at: the first after 22 % of all, each next one 3 % of all earlier than the one before,
    /// down to 6 %.
    /// </summary>
    /// <param name="steps">All steps.</param>
    public static IReadOnlyList<int> Checkpoints(int steps)
    {
        List<int> checks = [];
        int wait = Math.Max(22 * steps / 100, 1);
        for (int step = wait; step <= steps; step += wait)
        {
            checks.Add(step);
            wait = Math.Max(wait - 3 * steps / 100, 6 * steps / 100);
        }
        return checks;
    }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"{Topic()}: {Steps} steps; at least 1 is needed.");
        if (!Within.IsOfPixels || Within is L0 or L1 or UnionThreat or PerceptualBall)
        {
            Throw.Argument($"{Topic()}: it knows L-infinity and L2, not {Within}. Write --threat linf:0.3 or l2:2, or use pgd.");
        }
    }

    /// <summary>Its name in errors.</summary>
    private protected abstract string Topic();

    /// <summary>The class that each row is led to, where the search leads to classes.</summary>
    private protected virtual int[]? TargetsOf(SearchRows rows) => null;

    /// <summary>What is raised on the way; the attack's loss unless the search leads to classes.</summary>
    private protected virtual Func<Tensor, Tensor>? Raising(SearchRows rows, int[]? targets) => null;

    /// <inheritdoc/>
    protected override AutoPgdState Start(SearchRows rows)
    {
        int[]? targets = TargetsOf(rows);
        Tensor point = OnTheSphere(rows);
        (Tensor logits, Tensor value, Tensor gradient) = rows.Slope(point, Raising(rows, targets));
        double[] loss = Rows.Read(value).ToArray();
        Tensor direction = Within.Steepest(gradient);
        return new(point, logits, point, direction, point, direction,
            Array.ConvertAll(loss, start => new AutoPgdProgress(start, 2 * Within.Radius)), targets);
    }

    /// <inheritdoc/>
    protected override AutoPgdState Step(SearchRows rows, AutoPgdState state)
    {
        (Tensor from, Tensor direction) = Base(rows, state);
        AutoPgdProgress[] progress = state.Spare ?? new AutoPgdProgress[rows.Count];
        state.Progress.CopyTo(progress, 0);
        using RowBuffer<double> lengths = new(progress.Length);
        for (int i = 0; i < progress.Length; i++) lengths[i] = progress[i].Length;
        Tensor point = rows.Project(from + direction * Rows.Scale(lengths.Span, direction));
        if (rows.Iteration > 0) point = rows.Project(from + (point - from) * Fresh + (from - state.Previous) * (1 - Fresh));
        (Tensor logits, Tensor value, Tensor gradient) = rows.Slope(point, Raising(rows, state.Targets));
        Tensor steepest = Within.Steepest(gradient);
        using RowBuffer<double> loss = Rows.Read(value);
        using RowBuffer<bool> isBest = new(progress.Length);
        int covered = Covered(rows.Iteration + 1);
        for (int i = 0; i < progress.Length; i++)
        {
            isBest[i] = loss[i] > progress[i].BestLoss;
            progress[i] = progress[i].Stepped(loss[i]);
            if (covered > 0) progress[i] = progress[i].Checked(covered);
        }
        bool isAnyBest = isBest.Span.Contains(true);
        return new(point, logits, from, steepest,
            isAnyBest ? Rows.Choose(isBest.Span, point, state.Best) : state.Best,
            isAnyBest ? Rows.Choose(isBest.Span, steepest, state.BestDirection) : state.BestDirection, progress, state.Targets)
        {
            Spare = state.Progress,
        };
    }

    /// <inheritdoc/>
    protected override Tensor Found(AutoPgdState state) => state.Best;

    /// <summary>A random point at the whole radius, before it is put into the box.</summary>
    private Tensor OnTheSphere(SearchRows rows)
    {
        Tensor inside = Within.RandomStart(rows.Images, rows.Rngs);
        double[] scales = Array.ConvertAll(Within.Distance(rows.Images, inside), distance => distance > 0 ? Within.Radius / distance : 0);
        return rows.Project(rows.Images + (inside - rows.Images) * Rows.Scale(scales, inside));
    }

    /// <summary>
    /// Where a step starts: behind a check, rows whose length was halved are back at their best point. The point that they leave is
    /// returned by the step before it, so that it is looked at like any other.
    /// </summary>
    private (Tensor Point, Tensor Direction) Base(SearchRows rows, AutoPgdState state)
    {
        if (Covered(rows.Iteration) == 0) return (state.Point, state.Direction);
        using RowBuffer<bool> isBack = new(state.Progress.Length);
        for (int i = 0; i < isBack.Count; i++) isBack[i] = state.Progress[i].WasHalved;
        return isBack.Span.Contains(true)
            ? (Rows.Choose(isBack.Span, state.Best, state.Point), Rows.Choose(isBack.Span, state.BestDirection, state.Direction))
            : (state.Point, state.Direction);
    }

    /// <summary>How many steps the check after so many is about; 0 where there is none.</summary>
    private int Covered(int done)
    {
        int last = 0;
        foreach (int check in Checkpoints(Steps))
        {
            if (check == done) return check - last;
            last = check;
        }
        return 0;
    }
}
