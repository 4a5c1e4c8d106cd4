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
    /// <summary>The image, the clipped running sum of gradients, whether a row ever moved, how it ended.</summary>
    public readonly record struct State(Tensor Image, Tensor Parallel, bool[] Moved, ExampleStatus?[] Ended, string?[] Notes) : IWalkState;

    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    public override void Check()
    {
        base.Check();
        if (Iterations < 0) Throw.Range($"lst: {Iterations} iterations; at least 0 are needed.");
        if (!(StepSize is > 0 and <= 1)) Throw.Range($"lst: step size {StepSize} is outside (0, 1].");
        if (!(ParallelStep >= 0 && double.IsFinite(ParallelStep))) Throw.Range($"lst: parallel step {ParallelStep} must be finite and at least 0.");
        if (!(ConfidenceDrop is > 0 and <= 1)) Throw.Range($"lst: confidence drop {ConfidenceDrop} is outside (0, 1].");
        if (!(StartNoise >= 0 && double.IsFinite(StartNoise))) Throw.Range($"lst: start noise {StartNoise} must be finite and at least 0.");
    }

    protected override int Limit(PairTask task, int row) => Iterations;

    protected override State Start(Query query, PairTask task)
    {
        Tensor image = task.Source;
        string?[] notes = new string?[task.Count];
        if (StartNoise > 0)
        {
            Tensor noisy = task.Clamp(image + PerRow.Uniform(image, Array.ConvertAll(task.Rngs, rng => rng.At("start")), StartNoise));
            using RowBuffer<double> confidence = Confidence.Read(query.Logits(noisy), task.Classes);
            using RowBuffer<bool> kept = Keeps(task, confidence.Span);
            for (int i = 0; i < kept.Count; i++) notes[i] = kept[i] ? null : "started without noise, which alone cost too much confidence";
            image = PerRow.Choose(kept.Span, noisy, image);
        }
        return new(image, Ops.Zeros(image.Shape, image.Type, image.Device), new bool[task.Count], new ExampleStatus?[task.Count], notes);
    }

    protected override State Step(Query query, PairTask task, State state)
    {
        (Tensor gradient, Tensor rising) = NullStep.Rising(query, state.Image, task.Classes);
        Tensor along = NullStep.Project(rising, task.Target - state.Image, Projection);
        Tensor parallel = (state.Parallel + gradient * (ParallelStep / 2)).Clamp(-ParallelStep, ParallelStep);
        Tensor candidate = task.Clamp(state.Image + along * StepSize - parallel);
        using RowBuffer<double> confidence = Confidence.Read(query.Logits(candidate), task.Classes);
        using RowBuffer<bool> kept = Keeps(task, confidence.Span);
        using RowBuffer<double> grown = PerRow.Linf(parallel - state.Parallel);
        (ExampleStatus?[] ended, bool[] moved) = (state.Ended, state.Moved);
        for (int i = 0; i < kept.Count; i++)
        {
            if (kept[i])
            {
                PerRow.Change(ref moved, state.Moved, i, true);
                continue;
            }
            ExampleStatus? end = !double.IsFinite(confidence[i]) ? ExampleStatus.NonFinite
                : OnViolation == OnViolation.Stop ? ExampleStatus.ConfidenceStop
                : grown[i] == 0 ? ExampleStatus.Stalled : null;
            // The same candidate would be rejected for ever: a fixed point.
            if (end is ExampleStatus.ConfidenceStop or ExampleStatus.Stalled && !moved[i]) end = ExampleStatus.NoProgress;
            PerRow.Change(ref ended, state.Ended, i, end);
        }
        return new(PerRow.Choose(kept.Span, candidate, state.Image), parallel, moved, ended, state.Notes);
    }

    // A NaN fails the comparison, so a candidate with one is rejected.
    private RowBuffer<bool> Keeps(PairTask task, ReadOnlySpan<double> confidence)
    {
        RowBuffer<bool> kept = new(confidence.Length);
        for (int i = 0; i < kept.Count; i++) kept[i] = task.SourceConfidence[i] - confidence[i] < ConfidenceDrop;
        return kept;
    }
}
