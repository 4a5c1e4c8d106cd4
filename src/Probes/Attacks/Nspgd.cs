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
    /// <summary>The image, and the largest drop of confidence met between steps.</summary>
    public readonly record struct State(Tensor Point, double[] MaxDrop) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            double[] drops = MaxDrop;
            return new(Point.TakeIndices(0, rows), Array.ConvertAll(rows, row => drops[row]));
        }
    }

    /// <inheritdoc/>
    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    private double Length => StepSize ?? (Mode == StepMode.Relative ? 0.05 : 0.01);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Mode == StepMode.Relative && !(Length is > 0 and <= 1)) Throw.Range($"nspgd: relative step {Length} is outside (0, 1].");
        if (!(Length > 0 && double.IsFinite(Length))) Throw.Range($"nspgd: step length {Length} must be positive and finite.");
        if (!(ConfidenceDrop is > 0 and < 1)) Throw.Range($"nspgd: confidence drop {ConfidenceDrop} is outside (0, 1).");
        if (Iterations is < 1) Throw.Range($"nspgd: {Iterations} iterations; at least 1 is needed.");
        if (CertifySpacing is { } spacing && !(spacing > 0)) Throw.Range($"nspgd: certificate spacing {spacing} must be positive.");
    }

    /// <inheritdoc/>
    protected override int Limit(SearchRows rows, int row)
    {
        if (Iterations is { } given) return given;
        if (Mode == StepMode.Relative) return 100;
        using RowBuffer<double> distance = Rows.L2(rows.Targets!.TakeIndices(0, [row]) - rows.Images.TakeIndices(0, [row]));
        return Math.Max(1, (int)Math.Ceiling(1.5 * distance[0] / Length));
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows) => new(rows.Images, new double[rows.Count]);

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        Tensor seen = Seen(rows, state.Point);
        Tensor wanted = rows.Targets! - state.Point;
        (_, Tensor rising) = NullStep.Rising(rows.Query, seen, rows.Labels);
        Tensor admissible = NullStep.Project(rising, wanted, Projection);
        using RowBuffer<double> distance = Rows.L2(wanted);
        using RowBuffer<double> length = Rows.L2(admissible);
        double arrived = 1e-6 * Math.Sqrt(rows.Classifier.InputShape.Count);
        using RowBuffer<double> scale = new(rows.Count);
        for (int i = 0; i < scale.Count; i++)
        {
            scale[i] = Mode == StepMode.Relative ? Length : length[i] > 0 ? Math.Min(Length, length[i]) / length[i] : 0;
        }
        Tensor candidate = state.Point + admissible * Rows.Scale(scale.Span, admissible);
        if (ClampEachStep) candidate = rows.Clamp(candidate);
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(Seen(rows, candidate)), rows.Labels);

        using RowBuffer<bool> kept = new(rows.Count);
        for (int i = 0; i < kept.Count; i++)
        {
            ExampleStatus? end = distance[i] <= arrived ? ExampleStatus.Reached
                : length[i] <= 1e-12 ? ExampleStatus.Blocked
                : !double.IsFinite(confidence[i]) ? ExampleStatus.NonFinite
                : Allowed(rows.SourceConfidence[i] - confidence[i]) ? null
                : rows.HasMoved(i) ? ExampleStatus.ConfidenceStop : ExampleStatus.NoProgress;
            kept[i] = end is null;
            if (end is { } status) rows.End(i, status);
            else rows.Move(i);
        }
        Tensor next = Rows.Choose(kept.Span, candidate, state.Point);
        return new(next, CertifySpacing is { } spacing ? Certify(rows, state, next, spacing) : state.MaxDrop);
    }

    // The released code accepts a drop below the bound, the stated problem one up to it.
    private bool Allowed(double drop) => Mode == StepMode.Relative ? drop < ConfidenceDrop : drop <= ConfidenceDrop;

    private Tensor Seen(SearchRows rows, Tensor image) => ClampEachStep ? image : rows.Clamp(image);

    /// <summary>
    /// Measures the confidence along the segments of this step, so that both step modes
    /// can be compared; the largest drops so far.
    /// </summary>
    private double[] Certify(SearchRows rows, State state, Tensor to, double spacing)
    {
        Tensor from = state.Point;
        double[] drops = [.. state.MaxDrop];
        int[] pieces = Array.ConvertAll(Rows.L2(to - from).ToArray(), length => (int)Math.Ceiling(length / spacing));
        for (int piece = 1; piece <= pieces.Max(); piece++)
        {
            int[] moved = [.. Enumerable.Range(0, pieces.Length).Where(row => piece <= pieces[row])];
            Tensor t = Rows.Scale(Array.ConvertAll(moved, row => (double)piece / pieces[row]), from);
            Tensor between = from.TakeIndices(0, moved) * (1 - t) + to.TakeIndices(0, moved) * t;
            double[] confidence = Logits.Confidence(rows.Query.Logits(Seen(rows, between), moved),
                Array.ConvertAll(moved, row => rows.Labels[row]));
            for (int k = 0; k < moved.Length; k++)
            {
                drops[moved[k]] = Math.Max(drops[moved[k]], rows.SourceConfidence[moved[k]] - confidence[k]);
            }
        }
        for (int i = 0; i < drops.Length; i++)
        {
            rows.Note(i, string.Create(CultureInfo.InvariantCulture,
                $"largest drop {drops[i]:F4} at spacing {spacing}: {(drops[i] <= ConfidenceDrop ? "certified" : "not certified")}"));
        }
        return drops;
    }
}
