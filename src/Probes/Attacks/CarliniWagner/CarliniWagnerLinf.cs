namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Σ max(|δᵢ| − τ, 0) + c·max(margin, −confidence) in the box, by Adam in tanh space: c doubles until a search comes to nothing, the
/// bound τ then shrinks below the largest |δᵢ|, and the search goes on from there. Carlini and Wagner, arXiv:1608.04644.
/// </summary>
/// <param name="Iterations">Steps of one search at most; it ends where a tenth of them lower the loss by less than 0.01 %.</param>
/// <param name="StepSize">The rate of Adam.</param>
/// <param name="FirstWeight">The first c.</param>
/// <param name="MostWeight">Below which c stays; an image that needs more is done.</param>
/// <param name="BoundFactor">What τ is multiplied by: the largest |δᵢ| is found to within this factor.</param>
/// <param name="Confidence">By how much the other class must win, in logits.</param>
public record CarliniWagnerLinf(
    int Iterations = 1000, double StepSize = 5e-3, double FirstWeight = 1e-5, double MostWeight = 20, double BoundFactor = 0.9,
    double Confidence = 0)
    : MinimalAttack<CarliniWagnerLinf.State>(PerturbationNorm.Linf, Clip: true)
{
    private const double Growth = 2;

    /// <summary>Where τ begins and ends, in widths of the pixel box.</summary>
    private const double SmallestBound = 1.0 / 256;

    /// <summary>What is left of the loss, by c, of a search that has come to nothing.</summary>
    private const double Nothing = 1e-4;

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

    /// <summary>How a row fares.</summary>
    /// <param name="Bound">τ.</param>
    /// <param name="Weight">c.</param>
    public readonly record struct RowProgress(double Bound, double Weight)
    {
        internal bool HasBegun { get; init; }

        internal double LastLoss { get; init; } = double.PositiveInfinity;

        internal double Smallest { get; init; } = double.PositiveInfinity;

        internal bool HasFound => double.IsFinite(Smallest);
    }

    /// <inheritdoc/>
    public override int Iterations { get; init; } = Iterations;

    // Each search lets c double or τ shrink, and neither ever turns back.
    /// <inheritdoc/>
    protected override int MostSteps => checked(Iterations
        * (1 + Times(SmallestBound, BoundFactor) + Times(FirstWeight / MostWeight, 1 / Growth)));

    /// <inheritdoc/>
    public override void Check()
    {
        CarliniWagnerStep.Check("cw-linf", Iterations, StepSize, Confidence);
        if (!(FirstWeight > 0 && FirstWeight < MostWeight && double.IsFinite(MostWeight)))
        {
            Throw.Range($"cw-linf: weights from {FirstWeight} to {MostWeight}; give two positive ones, the smaller first.");
        }
        if (!(BoundFactor is > 0 and < 1)) Throw.Range($"cw-linf: the bound shrinks by {BoundFactor}; it must lie between 0 and 1.");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        RowProgress[] progress = new RowProgress[rows.Count];
        Array.Fill(progress, new(rows.Classifier.High - rows.Classifier.Low, FirstWeight));
        Tensor start = TanhAdam.FreeOf(rows.Images, rows.Classifier);
        return new(Ops.Zeros(start.Shape, start.Type, start.Device), TanhAdam.At(start), start, progress);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        RowProgress[] progress = [.. state.Progress];
        (Tensor shift, Tensor slope) = state.Search.Shift(rows.Images, rows.Classifier);
        CarliniWagnerStep.Look look = CarliniWagnerStep.At(rows, Image(rows.Classifier, rows.Images, shift), Confidence, Norm,
            i => !progress[i].HasBegun, i => progress[i].HasFound);
        using RowBuffer<double> bounds = new(rows.Count);
        using RowBuffer<double> weights = new(rows.Count);
        for (int i = 0; i < rows.Count; i++) (bounds[i], weights[i]) = (progress[i].Bound, progress[i].Weight);
        Tensor beyond = (shift.Abs() - Rows.Scale(bounds.Span, shift)).Relu();
        using RowBuffer<double> excess = Rows.L1(beyond);
        using RowBuffer<double> sizes = Rows.Linf(shift);
        using RowBuffer<bool> isBest = new(rows.Count);
        using RowBuffer<bool> isOver = new(rows.Count);
        using RowBuffer<bool> isSolved = new(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.HasEnded(i)) continue;
            RowProgress now = progress[i];
            isBest[i] = look.IsThere[i] && sizes[i] < now.Smallest;
            if (isBest[i]) now = now with { Smallest = sizes[i] };
            double loss = excess[i] + now.Weight * look.Hinge[i];
            isSolved[i] = look.IsThere[i] && loss < Nothing * now.Weight;
            isOver[i] = CarliniWagnerStep.IsOver(state.Search.Clock[i], Iterations, loss, now.LastLoss, out double compared) || isSolved[i];
            now = now with { HasBegun = true, LastLoss = isOver[i] ? double.PositiveInfinity : compared };
            if (isSolved[i]) now = now with { Bound = Math.Min(now.Bound, sizes[i]) * BoundFactor };
            else if (isOver[i]) now = now with { Weight = now.Weight * Growth };
            if (now.Bound <= SmallestBound * (rows.Classifier.High - rows.Classifier.Low) || now.Weight >= MostWeight)
            {
                rows.End(i, now.HasFound ? ExampleStatus.Reached : ExampleStatus.Completed);
            }
            progress[i] = now;
        }
        Tensor start = isSolved.Span.Contains(true) ? Rows.Choose(isSolved.Span, state.Search.Free, state.Start) : state.Start;
        Tensor gradient = (shift.Sign() * (beyond > 0).Cast(shift.Type) + look.Slope * Rows.Scale(weights.Span, shift)) * slope;
        return new(
            isBest.Span.Contains(true) ? Rows.Choose(isBest.Span, shift, state.Point) : state.Point,
            state.Search.Step(gradient, StepSize).Restart(isOver.Span, start), start, progress);
    }

    private static int Times(double share, double factor) => (int)Math.Ceiling(Math.Log(share) / Math.Log(factor));
}
