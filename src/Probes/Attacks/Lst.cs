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
/// step along the gradient to repair what second order loses. Sriramanan et al., arXiv:2310.19889. One recorded pass through the
/// network a step, at its candidate: the logits decide whether it is taken, and its gradients lead the next step.
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
        /// <summary>The gradients at the point, from the pass that led there; none before the first step and behind the last.</summary>
        internal Slope? Slope { get; init; }

        /// <summary>Each row's step, where steps adapt.</summary>
        internal AdaptiveStep[]? Steps { get; init; }

        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => Slope is { } slope ? [Point, Parallel, slope.CrossEntropy, slope.Rising] : [Point, Parallel];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            AdaptiveStep[]? steps = Steps;
            return new(Point.TakeIndices(0, rows), Parallel.TakeIndices(0, rows))
            {
                Slope = Slope?.Take(rows),
                Steps = steps is null ? null : Array.ConvertAll(rows, row => steps[row]),
            };
        }
    }

    /// <inheritdoc/>
    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    /// <summary>
    /// Lets each image's null step grow by a tenth, to 0.1 at most, while the confidence holds, and halves it, to 0.0001 at least,
    /// where a step is rejected; ten rejections in a row at that size end the walk. MiniGrad's own, not the study's.
    /// </summary>
    public bool Adaptive { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Iterations < 0) Throw.Range($"lst: {Iterations} iterations; at least 0 are needed.");
        if (!(StepSize is > 0 and <= 1)) Throw.Range($"lst: step size {StepSize} is outside (0, 1].");
        if (Adaptive && !(StepSize is >= AdaptiveStep.Smallest and <= AdaptiveStep.Largest))
        {
            Throw.Range($"lst: step size {StepSize} is outside [{AdaptiveStep.Smallest}, {AdaptiveStep.Largest}], between which an "
                + "adaptive step moves. Start within, or leave out adaptive.");
        }
        if (!(ParallelStep >= 0 && double.IsFinite(ParallelStep)))
        {
            Throw.Range($"lst: parallel step {ParallelStep} must be finite and at least 0.");
        }
        if (!(ConfidenceDrop is > 0 and <= 1)) Throw.Range($"lst: confidence drop {ConfidenceDrop} is outside (0, 1].");
        if (!(StartNoise >= 0 && double.IsFinite(StartNoise))) Throw.Range($"lst: start noise {StartNoise} must be finite and at least 0.");
    }

    // Adaptive steps came later than runs that can still be resumed.
    /// <inheritdoc/>
    public override string Identity() =>
        Adaptive ? ToString() : ToString().Replace($", {nameof(Adaptive)} = {false}", "", StringComparison.Ordinal);

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
        AdaptiveStep[]? steps = Adaptive ? [.. Enumerable.Repeat(new AdaptiveStep(StepSize, 0, 0), rows.Count)] : null;
        return new(image, Ops.Zeros(image.Shape, image.Type, image.Device)) { Steps = steps };
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Slope here = state.Slope ?? NullStep.Rising(rows.Query, state.Point, rows.Labels);
        Tensor along = NullStep.Project(here.Rising, rows.Targets! - state.Point, Projection);
        Tensor parallel = (state.Parallel + here.CrossEntropy * (ParallelStep / 2)).Clamp(-ParallelStep, ParallelStep);
        Tensor candidate = rows.Clamp(state.Point + Shortened(along, state.Steps) - parallel);
        // Nobody asks for the way on from where the walk ends.
        Slope? there = rows.Iteration + 1 < Iterations ? NullStep.Rising(rows.Query, candidate, rows.Labels) : null;
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(candidate), rows.Labels);
        using RowBuffer<bool> kept = Keeps(rows, confidence.Span);
        using RowBuffer<double> grown = Rows.Linf(parallel - state.Parallel);
        for (int i = 0; i < kept.Count; i++)
        {
            bool isForGood = grown[i] == 0;
            if (state.Steps is { } steps)
            {
                AdaptiveStep step = steps[i].After(rows.SourceConfidence[i] - confidence[i], kept[i], ConfidenceDrop);
                isForGood = (isForGood && step.Size == steps[i].Size) || step.IsSpent;
                // No step starts twice from one state, so that the array may serve them all.
                steps[i] = step;
            }
            if (kept[i]) rows.Move(i);
            else if (Ends(rows, i, confidence[i], isForGood) is { } status) rows.End(i, status);
        }
        return state with
        {
            Point = Rows.Choose(kept.Span, candidate, state.Point),
            Parallel = parallel,
            Slope = there is { } slope ? Slope.Choose(kept.Span, slope, here) : null,
        };
    }

    private Tensor Shortened(Tensor along, AdaptiveStep[]? steps)
    {
        if (steps is null) return along * StepSize;
        using RowBuffer<double> sizes = new(steps.Length);
        for (int i = 0; i < steps.Length; i++) sizes[i] = steps[i].Size;
        return along * Rows.Scale(sizes.Span, along);
    }

    /// <summary>How a row ends whose step was rejected; nothing where a later step may pass.</summary>
    private ExampleStatus? Ends(SearchRows rows, int row, double confidence, bool isForGood)
    {
        if (!double.IsFinite(confidence)) return ExampleStatus.NonFinite;
        if (OnViolation == OnViolation.Stop) return rows.HasMoved(row) ? ExampleStatus.ConfidenceStop : ExampleStatus.NoProgress;
        // The same candidate would be rejected for ever: a fixed point.
        return !isForGood ? null : rows.HasMoved(row) ? ExampleStatus.Stalled : ExampleStatus.NoProgress;
    }

    // A NaN fails the comparison, so a candidate with one is rejected.
    private RowBuffer<bool> Keeps(SearchRows rows, ReadOnlySpan<double> confidence)
    {
        RowBuffer<bool> kept = new(confidence.Length);
        for (int i = 0; i < kept.Count; i++) kept[i] = rows.SourceConfidence[i] - confidence[i] < ConfidenceDrop;
        return kept;
    }
}

/// <summary>
/// A null step that adapts: its size, a moving mean of the drops of confidence, and how often in a row the smallest was rejected.
/// </summary>
internal readonly record struct AdaptiveStep(double Size, double MeanDrop, int Rejections)
{
    public const double Smallest = 1e-4;
    public const double Largest = 0.1;
    private const double Memory = 0.9;
    private const int Patience = 10;

    /// <summary>Whether the walk is given up.</summary>
    public bool IsSpent => Rejections >= Patience;

    /// <summary>The next step, behind one that cost so much confidence, of which so much is allowed.</summary>
    public AdaptiveStep After(double drop, bool kept, double allowed)
    {
        double mean = Memory * MeanDrop + (1 - Memory) * Math.Max(0, drop);
        if (!kept) return new(Math.Max(Size / 2, Smallest), mean, Size <= Smallest ? Rejections + 1 : 0);
        return new(mean < allowed / 2 ? Math.Min(1.1 * Size, Largest) : Size, mean, 0);
    }
}
