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
/// the source's class, which is projected out (the half-space form; the printed pseudocode projects nothing). It walks from the
/// source, or from an image that <see cref="StartAt"/> finds.
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
        /// <summary>The search for a start, while it lasts.</summary>
        internal LogitSpace.State? Search { get; init; }

        /// <summary>What is said of each row's start, where it was searched for.</summary>
        internal string[]? Starts { get; init; }

        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => Search is { } search ? [Point, .. search.Tensors] : [Point];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            (double[] drops, string[]? starts) = (MaxDrop, Starts);
            return new(Point.TakeIndices(0, rows), Array.ConvertAll(rows, row => drops[row]))
            {
                Search = Search?.Take(rows),
                Starts = starts is null ? null : Array.ConvertAll(rows, row => starts[row]),
            };
        }
    }

    /// <summary>
    /// Finds the image that the walk starts at; none for the source itself. Class and confidence to keep are still the source's. The
    /// length of this first hop, which breaks the path, and the confidence behind it stand in the note of each example; where it costs
    /// more than the allowed drop, the example ends as <see cref="ExampleStatus.InitFailed"/>. Its own criterion of success plays no
    /// part.
    /// </summary>
    public LogitSpace? StartAt { get; init; }

    /// <inheritdoc/>
    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    private double Length => StepSize ?? (Mode == StepMode.Relative ? 0.05 : 0.01);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        StartAt?.Check();
        if (Mode == StepMode.Relative && !(Length is > 0 and <= 1)) Throw.Range($"nspgd: relative step {Length} is outside (0, 1].");
        if (!(Length > 0 && double.IsFinite(Length))) Throw.Range($"nspgd: step length {Length} must be positive and finite.");
        if (!(ConfidenceDrop is > 0 and < 1)) Throw.Range($"nspgd: confidence drop {ConfidenceDrop} is outside (0, 1).");
        if (Iterations is < 1) Throw.Range($"nspgd: {Iterations} iterations; at least 1 is needed.");
        if (CertifySpacing is { } spacing && !(spacing > 0)) Throw.Range($"nspgd: certificate spacing {spacing} must be positive.");
    }

    // Starts came later than runs that can still be resumed.
    /// <inheritdoc/>
    public override string Identity() =>
        StartAt is null ? ToString().Replace($", {nameof(StartAt)} = ", "", StringComparison.Ordinal) : ToString();

    /// <inheritdoc/>
    protected override int Limit(SearchRows rows, int row) =>
        (int)Math.Min(int.MaxValue, (StartAt?.Iterations ?? 0) + (long)WalkLimit(rows, row));

    /// <inheritdoc/>
    protected override State Start(SearchRows rows) => new(rows.Images, new double[rows.Count]) { Search = StartAt?.Begin(rows) };

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state) =>
        state.Search is { } search ? Approach(rows, state, StartAt!.Look(rows, search)) : Walk(rows, state);

    private int WalkLimit(SearchRows rows, int row)
    {
        if (Iterations is { } given) return given;
        if (Mode == StepMode.Relative) return 100;
        return Math.Max(1, (int)Math.Min(int.MaxValue, Math.Ceiling(1.5 * Farthest(rows, row) / Length)));
    }

    // A start that is yet to be found may lie anywhere in the box.
    private double Farthest(SearchRows rows, int row)
    {
        Classifier classifier = rows.Classifier;
        if (StartAt is not null) return (classifier.High - classifier.Low) * Math.Sqrt(classifier.InputShape.Count);
        using RowBuffer<double> distance = Rows.L2(rows.Targets!.TakeIndices(0, [row]) - rows.Images.TakeIndices(0, [row]));
        return distance[0];
    }

    /// <summary>A step of the search for a start; after the last one the walk begins at what it found, where the drop allows it.</summary>
    private State Approach(SearchRows rows, State state, LogitSpace.State search)
    {
        Tensor start = search.Point;
        if (rows.Iteration + 1 < StartAt!.Iterations) return state with { Point = start, Search = search };
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(start), rows.Labels);
        using RowBuffer<double> hop = Rows.L2(start - rows.Images);
        double[] drops = new double[rows.Count];
        string[] starts = new string[rows.Count];
        for (int i = 0; i < drops.Length; i++)
        {
            double drop = rows.SourceConfidence[i] - confidence[i];
            drops[i] = Math.Max(0, drop);
            starts[i] = string.Create(CultureInfo.InvariantCulture,
                $"started {hop[i]:F3} from the source at a confidence of {confidence[i]:F4}");
            if (rows.HasEnded(i)) continue;
            rows.Note(i, starts[i]);
            if (!Allowed(drop)) rows.End(i, ExampleStatus.InitFailed);
        }
        return new(start, drops) { Starts = starts };
    }

    private State Walk(SearchRows rows, State state)
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
        return state with { Point = next, MaxDrop = CertifySpacing is { } spacing ? Certify(rows, state, next, spacing) : state.MaxDrop };
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
            string start = state.Starts is { } starts ? $"{starts[i]}; " : "";
            rows.Note(i, start + string.Create(CultureInfo.InvariantCulture,
                $"largest drop {drops[i]:F4} at spacing {spacing}: {(drops[i] <= ConfidenceDrop ? "certified" : "not certified")}"));
        }
        return drops;
    }
}
