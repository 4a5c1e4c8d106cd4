namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Multi steepest descent: each step is tried in every norm of a union, projected back into the ball of that norm, and the one of
/// highest loss is made. Maini et al., arXiv:1909.04068.
/// </summary>
/// <param name="Within">A union of L∞, L2 and L1 balls, or one of them.</param>
/// <param name="Steps">Steps from the image.</param>
/// <param name="LinfStep">Length of a step in L∞.</param>
/// <param name="L2Step">Length of a step in L2.</param>
/// <param name="L1Step">Length of a step in L1, which is shared by some pixels.</param>
/// <param name="FewestPixels">The fewest pixels that a step in L1 changes; how many is drawn for each step and image.</param>
/// <param name="MostPixels">The most of them.</param>
/// <param name="ExcludeBoundary">
/// Whether a step in L1 passes over pixels that are 0 or 1, even where they could move inwards, as in the authors' code.
/// </param>
public sealed record Msd(
    Threat Within, int Steps = 100, double LinfStep = 0.01, double L2Step = 0.1, double L1Step = 0.8, int FewestPixels = 5,
    int MostPixels = 20, bool ExcludeBoundary = true) : BallAttack<Msd.State>(Within)
{
    private const int LargestStep = 1024;

    /// <summary>The iterate, and the one of highest loss so far.</summary>
    public readonly record struct State(Tensor Point, Tensor Best, double[] BestLoss) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Best];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            double[] losses = BestLoss;
            return new(Point.TakeIndices(0, rows), Best.TakeIndices(0, rows), Array.ConvertAll(rows, row => losses[row]));
        }
    }

    /// <inheritdoc/>
    protected override int Iterations => Steps;

    private IReadOnlyList<Threat> Balls => Within is UnionThreat union ? union.Members : [Within];

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Steps < 1) Throw.Range($"msd: {Steps} steps; at least 1 is needed.");
        foreach (double length in (double[])[LinfStep, L2Step, L1Step])
        {
            if (!(length > 0 && double.IsFinite(length))) Throw.Range($"msd: step {length} must be positive and finite.");
        }
        if (FewestPixels < 1 || MostPixels < FewestPixels || MostPixels > LargestStep)
        {
            Throw.Range($"msd: steps in L1 of {FewestPixels} to {MostPixels} pixels; give 1 to {LargestStep}, the smaller number first.");
        }
        if (Balls.FirstOrDefault(ball => ball is not (Linf or L2 or L1)) is { } odd)
        {
            Throw.Argument($"msd: {odd} is no ball of L-infinity, L2 or L1. Write linf:0.3+l2:2+l1:10.");
        }
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        double[] none = new double[rows.Count];
        Array.Fill(none, double.NegativeInfinity);
        return new(rows.Images, rows.Images, none);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Tensor gradient = rows.Gradient(state.Point);
        Tensor? next = null;
        double[] highest = [];
        foreach (Threat ball in Balls)
        {
            Tensor step = ball is L1 ? Sparse(rows, state.Point, gradient) : ball.Steepest(gradient) * (ball is L2 ? L2Step : LinfStep);
            Tensor candidate = rows.Clamp(ball.Project(rows.Images, state.Point + step));
            double[] loss = Rows.Read(rows.Raised(candidate)).ToArray();
            if (next is null) (next, highest) = (candidate, loss);
            else next = Better(candidate, loss, next, highest);
        }
        double[] best = [.. state.BestLoss];
        return new(next!, Better(next!, highest, state.Best, best), best);
    }

    /// <inheritdoc/>
    protected override Tensor Found(State state) => state.Best;

    /// <summary>The rows of the higher loss, the old one of equals; its losses are brought up to date.</summary>
    private static Tensor Better(Tensor points, double[] losses, Tensor old, double[] highest)
    {
        using RowBuffer<bool> isBetter = new(losses.Length);
        for (int i = 0; i < losses.Length; i++)
        {
            isBetter[i] = losses[i] > highest[i];
            if (isBetter[i]) highest[i] = losses[i];
        }
        return isBetter.Span.Contains(true) ? Rows.Choose(isBetter.Span, points, old) : old;
    }

    /// <summary>The step in L1: the pixels of the largest slopes that have room, all by the same amount.</summary>
    private Tensor Sparse(SearchRows rows, Tensor points, Tensor gradient)
    {
        using RowBuffer<double> x = Rows.Read(points);
        using RowBuffer<double> g = Rows.Read(gradient);
        using RowBuffer<double> step = new(x.Count);
        int size = x.Count / rows.Count;
        Rng[] rngs = rows.RngsAt(rows.Iteration);
        Span<int> chosen = stackalloc int[MostPixels];
        for (int row = 0; row < rows.Count; row++)
        {
            int wanted = FewestPixels + rngs[row].At("pixels").Below(MostPixels - FewestPixels + 1);
            double amount = L1Step / wanted;
            int found = Steepest(x.Span.Slice(row * size, size), g.Span.Slice(row * size, size), amount, chosen[..wanted], rows.Classifier);
            foreach (int i in chosen[..found]) step[row * size + i] = Math.Sign(g[row * size + i]) * amount;
        }
        return Tensor.From((ReadOnlySpan<double>)step.Span, gradient.Shape, gradient.Device).Cast(gradient.Type);
    }

    /// <summary>
    /// Finds the pixels of the largest slopes that have room for the amount, the first of
    /// equals; returns how many there are.
    /// </summary>
    private int Steepest(ReadOnlySpan<double> x, ReadOnlySpan<double> g, double amount, Span<int> chosen, Classifier box)
    {
        int found = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double slope = Math.Abs(g[i]);
            if (!(slope > 0) || (found == chosen.Length && slope <= Math.Abs(g[chosen[found - 1]]))) continue;
            if (g[i] < 0 ? x[i] <= box.Low + amount : x[i] >= box.High - amount) continue;
            if (ExcludeBoundary && (x[i] <= box.Low || x[i] >= box.High)) continue;
            int place = found < chosen.Length ? found++ : found - 1;
            for (; place > 0 && slope > Math.Abs(g[chosen[place - 1]]); place--) chosen[place] = chosen[place - 1];
            chosen[place] = i;
        }
        return found;
    }
}
