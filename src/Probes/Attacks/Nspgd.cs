using System.Globalization;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Attacks;

/// <summary>How long a step of NSPGD is.</summary>
public enum StepMode
{
    /// <summary>A fraction of the admissible direction: the released code.</summary>
    Relative,

    /// <summary>A fixed Euclidean length, shortened at the end: the problem as stated.</summary>
    Normalized,
}

/// <summary>
/// Null-space projected gradient descent: straight towards the target except where that would lower the confidence of
/// the source's class, which is projected out (the half-space form; the printed pseudocode projects nothing).
/// </summary>
/// <param name="Mode">How a step is measured.</param>
/// <param name="StepSize">The fraction (0.05 by default) or the Euclidean length (0.01 by default).</param>
/// <param name="Iterations">Most steps: 100 by default when relative, 1.5 × distance / length when normalised.</param>
/// <param name="ConfidenceDrop">The walk ends before the confidence has dropped by more.</param>
/// <param name="CertifySpacing">When set, the confidence is also measured between the steps at this spacing.</param>
public sealed record Nspgd(
    StepMode Mode = StepMode.Relative, double? StepSize = null, int? Iterations = null, double ConfidenceDrop = 0.05,
    Projection Projection = Projection.HalfSpace, bool ClampEachStep = true, double? CertifySpacing = null) : Traversal<Nspgd.State>
{
    /// <summary>The image, the largest drop met between steps, how a row ended.</summary>
    public readonly record struct State(Tensor Image, bool[] Moved, double[] MaxDrop, ExampleStatus?[] Ended, string?[] Notes) : IWalkState;

    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    private double Length => StepSize ?? (Mode == StepMode.Relative ? 0.05 : 0.01);

    public override void Check()
    {
        base.Check();
        if (Mode == StepMode.Relative && !(Length is > 0 and <= 1)) Throw.Range($"nspgd: relative step {Length} is outside (0, 1].");
        if (!(Length > 0 && double.IsFinite(Length))) Throw.Range($"nspgd: step length {Length} must be positive and finite.");
        if (!(ConfidenceDrop is > 0 and < 1)) Throw.Range($"nspgd: confidence drop {ConfidenceDrop} is outside (0, 1).");
        if (Iterations is < 1) Throw.Range($"nspgd: {Iterations} iterations; at least 1 is needed.");
        if (CertifySpacing is { } spacing && !(spacing > 0)) Throw.Range($"nspgd: certificate spacing {spacing} must be positive.");
    }

    protected override int Limit(PairTask task, int row)
    {
        if (Iterations is { } given) return given;
        if (Mode == StepMode.Relative) return 100;
        using RowBuffer<double> distance = PerRow.L2(task.Target.TakeIndices(0, [row]) - task.Source.TakeIndices(0, [row]));
        return Math.Max(1, (int)Math.Ceiling(1.5 * distance[0] / Length));
    }

    protected override State Start(Query query, PairTask task) =>
        new(task.Source, new bool[task.Count], new double[task.Count], new ExampleStatus?[task.Count], new string?[task.Count]);

    protected override State Step(Query query, PairTask task, State state)
    {
        Tensor seen = Seen(task, state.Image);
        Tensor wanted = task.Target - state.Image;
        (_, Tensor rising) = NullStep.Rising(query, seen, task.Classes);
        Tensor admissible = NullStep.Project(rising, wanted, Projection);
        using RowBuffer<double> distance = PerRow.L2(wanted);
        using RowBuffer<double> length = PerRow.L2(admissible);
        double arrived = 1e-6 * Math.Sqrt(task.Classifier.InputShape.Count);
        using RowBuffer<double> scale = new(task.Count);
        for (int i = 0; i < scale.Count; i++) scale[i] = Mode == StepMode.Relative ? Length : length[i] > 0 ? Math.Min(Length, length[i]) / length[i] : 0;
        Tensor candidate = state.Image + admissible * PerRow.Scale(scale.Span, admissible);
        if (ClampEachStep) candidate = task.Clamp(candidate);
        using RowBuffer<double> confidence = Confidence.Read(query.Logits(Seen(task, candidate)), task.Classes);

        using RowBuffer<bool> kept = new(task.Count);
        (ExampleStatus?[] ended, bool[] moved) = (state.Ended, state.Moved);
        for (int i = 0; i < kept.Count; i++)
        {
            ExampleStatus? end = distance[i] <= arrived ? ExampleStatus.Reached
                : length[i] <= 1e-12 ? ExampleStatus.Blocked
                : !double.IsFinite(confidence[i]) ? ExampleStatus.NonFinite
                : Allowed(task.SourceConfidence[i] - confidence[i]) ? null
                : moved[i] ? ExampleStatus.ConfidenceStop : ExampleStatus.NoProgress;
            PerRow.Change(ref ended, state.Ended, i, end);
            kept[i] = end is null;
            if (kept[i]) PerRow.Change(ref moved, state.Moved, i, true);
        }
        Tensor next = PerRow.Choose(kept.Span, candidate, state.Image);
        if (CertifySpacing is not { } spacing) return new(next, moved, state.MaxDrop, ended, state.Notes);
        double[] drops = [.. state.MaxDrop];
        string?[] notes = [.. state.Notes];
        Certify(query, task, state.Image, next, spacing, drops, notes);
        return new(next, moved, drops, ended, notes);
    }

    // The released code accepts a drop below the bound, the stated problem one up to it.
    private bool Allowed(double drop) => Mode == StepMode.Relative ? drop < ConfidenceDrop : drop <= ConfidenceDrop;

    private Tensor Seen(PairTask task, Tensor image) => ClampEachStep ? image : task.Clamp(image);

    /// <summary>Measures the confidence along the segments of this step, so that both step modes can be compared.</summary>
    private void Certify(Query query, PairTask task, Tensor from, Tensor to, double spacing, double[] drops, string?[] notes)
    {
        int[] pieces = Array.ConvertAll(PerRow.L2(to - from).ToArray(), length => (int)Math.Ceiling(length / spacing));
        for (int piece = 1; piece <= pieces.Max(); piece++)
        {
            int[] rows = [.. Enumerable.Range(0, pieces.Length).Where(row => piece <= pieces[row])];
            Tensor t = PerRow.Scale(Array.ConvertAll(rows, row => (double)piece / pieces[row]), from);
            Tensor between = from.TakeIndices(0, rows) * (1 - t) + to.TakeIndices(0, rows) * t;
            double[] confidence = Confidence.Of(query.Logits(Seen(task, between), rows), Array.ConvertAll(rows, row => task.Classes[row]));
            for (int k = 0; k < rows.Length; k++) drops[rows[k]] = Math.Max(drops[rows[k]], task.SourceConfidence[rows[k]] - confidence[k]);
        }
        for (int i = 0; i < drops.Length; i++)
        {
            notes[i] = string.Create(CultureInfo.InvariantCulture,
                $"largest drop {drops[i]:F4} at spacing {spacing}: {(drops[i] <= ConfidenceDrop ? "certified" : "not certified")}");
        }
    }
}
