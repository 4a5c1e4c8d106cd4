using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Attacks;

/// <summary>What happens when a step would leave the level set.</summary>
public enum OnViolation
{
    /// <summary>The image waits while the parallel step goes on building up; a later step may pass.</summary>
    Hold,

    /// <summary>The walk ends.</summary>
    Stop,
}

/// <summary>
/// Level set traversal: steps towards a target along the null space of the confidence gradient, with a small bounded
/// step along the gradient to repair what second order loses. Sriramanan et al., arXiv:2310.19889.
/// </summary>
/// <param name="Iterations">Steps of the walk.</param>
/// <param name="StepSize">Null step, as a fraction of the admissible direction.</param>
/// <param name="ParallelStep">Bound (L∞) and rate of the parallel step; 0 turns it off.</param>
/// <param name="ConfidenceDrop">Steps must keep the source's confidence within this (strictly) of the start.</param>
/// <param name="StartNoise">Radius (L∞) of the uniform noise at the start, in pixel values.</param>
public sealed record Lst(
    int Iterations = 400, double StepSize = 0.01, double ParallelStep = 0.002, double ConfidenceDrop = 0.2, double StartNoise = 2.0 / 255,
    Projection Projection = Projection.Orthogonal, OnViolation OnViolation = OnViolation.Hold) : Traversal<Lst.State>
{
    /// <summary>The image and the clipped running sum of gradients.</summary>
    public readonly record struct State(Tensor Point, Tensor Parallel) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Parallel];

        /// <inheritdoc/>
        public State Take(int[] rows) => new(Point.TakeIndices(0, rows), Parallel.TakeIndices(0, rows));
    }

    /// <inheritdoc/>
    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Iterations < 0) Throw.Range($"lst: {Iterations} iterations; at least 0 are needed.");
        if (!(StepSize is > 0 and <= 1)) Throw.Range($"lst: step size {StepSize} is outside (0, 1].");
        if (!(ParallelStep >= 0 && double.IsFinite(ParallelStep)))
        {
            Throw.Range($"lst: parallel step {ParallelStep} must be finite and at least 0.");
        }
        if (!(ConfidenceDrop is > 0 and <= 1)) Throw.Range($"lst: confidence drop {ConfidenceDrop} is outside (0, 1].");
        if (!(StartNoise >= 0 && double.IsFinite(StartNoise))) Throw.Range($"lst: start noise {StartNoise} must be finite and at least 0.");
    }

    /// <inheritdoc/>
    protected override int Limit(SearchRows rows, int row) => Iterations;

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        Tensor image = rows.Images;
        if (StartNoise > 0)
        {
            Tensor noisy = rows.Clamp(image + Rows.Uniform(image, rows.RngsAt("start"), StartNoise));
            using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(noisy), rows.Labels);
            using RowBuffer<bool> kept = Keeps(rows, confidence.Span);
            for (int i = 0; i < kept.Count; i++)
            {
                if (!kept[i]) rows.Note(i, "started without noise, which alone cost too much confidence");
            }
            image = Rows.Choose(kept.Span, noisy, image);
        }
        return new(image, Ops.Zeros(image.Shape, image.Type, image.Device));
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        (Tensor gradient, Tensor rising) = NullStep.Rising(rows.Query, state.Point, rows.Labels);
        Tensor along = NullStep.Project(rising, rows.Targets! - state.Point, Projection);
        Tensor parallel = (state.Parallel + gradient * (ParallelStep / 2)).Clamp(-ParallelStep, ParallelStep);
        Tensor candidate = rows.Clamp(state.Point + along * StepSize - parallel);
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(candidate), rows.Labels);
        using RowBuffer<bool> kept = Keeps(rows, confidence.Span);
        using RowBuffer<double> grown = Rows.Linf(parallel - state.Parallel);
        for (int i = 0; i < kept.Count; i++)
        {
            if (kept[i]) rows.Move(i);
            else if (Ends(rows, i, confidence[i], grown[i]) is { } status) rows.End(i, status);
        }
        return new(Rows.Choose(kept.Span, candidate, state.Point), parallel);
    }

    /// <summary>How a row ends whose step was rejected; nothing where a later step may pass.</summary>
    private ExampleStatus? Ends(SearchRows rows, int row, double confidence, double grown)
    {
        if (!double.IsFinite(confidence)) return ExampleStatus.NonFinite;
        if (OnViolation == OnViolation.Stop) return rows.HasMoved(row) ? ExampleStatus.ConfidenceStop : ExampleStatus.NoProgress;
        // The same candidate would be rejected for ever: a fixed point.
        return grown != 0 ? null : rows.HasMoved(row) ? ExampleStatus.Stalled : ExampleStatus.NoProgress;
    }

    // A NaN fails the comparison, so a candidate with one is rejected.
    private RowBuffer<bool> Keeps(SearchRows rows, ReadOnlySpan<double> confidence)
    {
        RowBuffer<bool> kept = new(confidence.Length);
        for (int i = 0; i < kept.Count; i++) kept[i] = rows.SourceConfidence[i] - confidence[i] < ConfidenceDrop;
        return kept;
    }
}
