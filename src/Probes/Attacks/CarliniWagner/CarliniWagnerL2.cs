namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The smallest ‖δ‖₂² + c·max(margin, −confidence) in the box, by Adam in tanh space, and the smallest c that crosses, by halving.
/// Carlini and Wagner, arXiv:1608.04644.
/// </summary>
/// <param name="Iterations">Steps of one search at most; it ends where a tenth of them lower the loss by less than 0.01 %.</param>
/// <param name="BinarySteps">Searches of an image, each with another c.</param>
/// <param name="StepSize">The rate of Adam.</param>
/// <param name="FirstWeight">The first c; it grows tenfold until it crosses.</param>
/// <param name="Confidence">By how much the other class must win, in logits.</param>
public record CarliniWagnerL2(
    int Iterations = 1000, int BinarySteps = 9, double StepSize = 1e-2, double FirstWeight = 1e-3, double Confidence = 0)
    : MinimalAttack<CarliniWagnerL2.State>(PerturbationNorm.L2, Clip: true)
{
    private const double Growth = 10;

    /// <summary>The smallest perturbations found, the search, where it starts, and how each row fares.</summary>
    public readonly record struct State(Tensor Point, TanhAdam Search, Tensor Start, RowProgress[] Progress) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Start, .. Search.Tensors];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            RowProgress[] progress = Progress;
            return new(
                Point.TakeIndices(0, rows), Search.Take(rows), Start.TakeIndices(0, rows), Array.ConvertAll(rows, row => progress[row]));
        }
    }

    /// <summary>How a row fares: c and the bounds of it that are known, and what was found.</summary>
    /// <param name="Weight">c.</param>
    public readonly record struct RowProgress(double Weight)
    {
        internal double Low { get; init; }

        internal double High { get; init; } = double.PositiveInfinity;

        internal int Search { get; init; }

        internal bool HasCrossed { get; init; }

        internal double LastLoss { get; init; } = double.PositiveInfinity;

        internal double Smallest { get; init; } = double.PositiveInfinity;

        internal bool HasFound => double.IsFinite(Smallest);

        /// <summary>Behind a search: c is halved towards the largest that did not cross, or grows where none has.</summary>
        internal RowProgress Next()
        {
            (double low, double high) = HasCrossed ? (Low, Math.Min(High, Weight)) : (Math.Max(Low, Weight), High);
            double weight = double.IsInfinity(high) ? Weight * Growth : (low + high) / 2;
            return new(weight) { Low = low, High = high, Search = Search + 1, Smallest = Smallest };
        }
    }

    /// <inheritdoc/>
    public override int Iterations { get; init; } = Iterations;

    /// <inheritdoc/>
    protected override int MostSteps => checked(Iterations * BinarySteps);

    /// <inheritdoc/>
    public override void Check()
    {
        CarliniWagnerStep.Check("cw-l2", Iterations, StepSize, Confidence);
        if (BinarySteps < 1) Throw.Range($"cw-l2: {BinarySteps} binary steps; at least 1 is needed.");
        if (!(FirstWeight > 0 && double.IsFinite(FirstWeight))) Throw.Range($"cw-l2: weight {FirstWeight} must be positive and finite.");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        RowProgress[] progress = new RowProgress[rows.Count];
        Array.Fill(progress, new(FirstWeight));
        Tensor start = TanhAdam.FreeOf(rows.Images, rows.Classifier);
        return new(Ops.Zeros(start.Shape, start.Type, start.Device), TanhAdam.At(start), start, progress);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        RowProgress[] progress = [.. state.Progress];
        (Tensor shift, Tensor slope) = state.Search.Shift(rows.Images, rows.Classifier);
        CarliniWagnerStep.Look look = CarliniWagnerStep.At(rows, Image(rows.Classifier, rows.Images, shift), Confidence, Norm,
            i => progress[i].Search == 0 && state.Search.Clock[i] == 0, i => progress[i].HasFound);
        using RowBuffer<double> sizes = Rows.L2(shift);
        using RowBuffer<double> weights = new(rows.Count);
        using RowBuffer<bool> isBest = new(rows.Count);
        using RowBuffer<bool> isOver = new(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            RowProgress now = progress[i];
            weights[i] = now.Weight;
            if (rows.HasEnded(i)) continue;
            isBest[i] = look.IsThere[i] && sizes[i] < now.Smallest;
            now = now with
            {
                HasCrossed = now.HasCrossed || look.IsThere[i],
                Smallest = isBest[i] ? sizes[i] : now.Smallest,
            };
            double loss = sizes[i] * sizes[i] + now.Weight * look.Hinge[i];
            isOver[i] = CarliniWagnerStep.IsOver(state.Search.Clock[i], Iterations, loss, now.LastLoss, out double compared);
            now = isOver[i] ? now.Next() : now with { LastLoss = compared };
            if (now.Search == BinarySteps) rows.End(i, now.HasFound ? ExampleStatus.Reached : ExampleStatus.Completed);
            progress[i] = now;
        }
        Tensor gradient = (shift * 2 + look.Slope * Rows.Scale(weights.Span, shift)) * slope;
        return new(
            isBest.Span.Contains(true) ? Rows.Choose(isBest.Span, shift, state.Point) : state.Point,
            state.Search.Step(gradient, StepSize).Restart(isOver.Span, state.Start), state.Start, progress);
    }
}
