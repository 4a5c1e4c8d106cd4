using System.Globalization;
using MiniGrad.Probes.Distances;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Probes.Attacks;

/// <summary>What the search in logit space lowers; z and s are the logits of image and source, S the softmax.</summary>
public enum LogitObjective
{
    /// <summary>
    /// ‖z − s + h‖² + λ‖S(z) − S(s)‖² + μ·TV(x − source): the source's logits up to a common shift, in a smooth change. The consistent
    /// reading of the paper, whose printed signs move away from what its text asks for.
    /// </summary>
    Match,

    /// <summary>−‖z − s + h‖² + λ‖S(z) − S(s)‖² + μ·TV(x − source): logits as far as possible at the same softmax. Has no bound.</summary>
    Escape,

    /// <summary>max(0, p(source) − p(x)) of the source's class, as the released code; weights and shift play no part.</summary>
    Released,
}

/// <summary>Where the search in logit space begins.</summary>
public enum LogitStart
{
    /// <summary>At the source with uniform noise as wide as the pixel box, put back into the box: the paper.</summary>
    SourceNoise,

    /// <summary>At the target image: the released code.</summary>
    Target,
}

/// <summary>
/// Looks for another image with the source's logits, far away from it: sign descent on a <see cref="LogitObjective"/>, of which the
/// image with the nearest confidence of the source's class is kept. It is meant as a start for <see cref="Nspgd"/>. Alone it is judged
/// as every traversal: it succeeds where that image lies near the target and the network still says the source's class, which makes
/// sense from <see cref="LogitStart.Target"/>; what it found is in the note of each example. Algorithm 2 of the null-space study.
/// </summary>
/// <param name="Objective">What is lowered.</param>
/// <param name="SoftmaxWeight">λ, the weight of the squared difference of the softmax outputs.</param>
/// <param name="Shift">h, added to all differences of logits; none for the shift that makes them smallest, minus their mean.</param>
/// <param name="VariationWeight">μ, the weight of the total variation of the change, averaged over the pixels.</param>
/// <param name="StepSize">What a step changes every pixel by, in pixel values.</param>
/// <param name="Iterations">Images that are looked at, the start among them.</param>
/// <param name="From">Where the search begins.</param>
/// <param name="ConfidenceDrop">The largest drop of confidence that counts as a success.</param>
public sealed record LogitSpace(
    LogitObjective Objective = LogitObjective.Match, double SoftmaxWeight = 10, double? Shift = null, double VariationWeight = 1,
    double StepSize = 2.0 / 255, int Iterations = 200, LogitStart From = LogitStart.SourceNoise, double ConfidenceDrop = 0.05)
    : Traversal<LogitSpace.State>
{
    /// <summary>
    /// The nearest image so far and how far its confidence is from the source's [rows]; the image to look at next; the logits of the
    /// source [rows, classes].
    /// </summary>
    public readonly record struct State(Tensor Point, Tensor Gap, Tensor Next, Tensor Source) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point, Gap, Next, Source];

        /// <inheritdoc/>
        public State Take(int[] rows) => new(
            Point.TakeIndices(0, rows), Gap.TakeIndices(0, rows), Next.TakeIndices(0, rows), Source.TakeIndices(0, rows));
    }

    /// <inheritdoc/>
    public override double ConfidenceDrop { get; init; } = ConfidenceDrop;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        CheckWeight(SoftmaxWeight, "softmax weight");
        CheckWeight(VariationWeight, "variation weight");
        if (Shift is { } shift && !double.IsFinite(shift)) Throw.Range($"logit-space: shift {shift} must be finite.");
        if (!(StepSize > 0 && double.IsFinite(StepSize))) Throw.Range($"logit-space: step size {StepSize} must be positive and finite.");
        if (Iterations < 1) Throw.Range($"logit-space: {Iterations} iterations; at least 1 is needed.");
        if (!(ConfidenceDrop is > 0 and < 1)) Throw.Range($"logit-space: confidence drop {ConfidenceDrop} is outside (0, 1).");
    }

    /// <inheritdoc/>
    protected override int Limit(SearchRows rows, int row) => Iterations;

    /// <inheritdoc/>
    protected override State Start(SearchRows rows) => Begin(rows);

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        State next = Look(rows, state);
        if (!IsLast(rows)) return next;
        using RowBuffer<double> gap = Rows.Read(next.Gap);
        using RowBuffer<double> hop = Rows.L2(next.Point - rows.Images);
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.HasEnded(i)) continue;
            rows.Note(i, string.Create(CultureInfo.InvariantCulture,
                $"confidence {gap[i]:F4} off the source's, at a distance of {hop[i]:F3}"));
        }
        return next;
    }

    /// <summary>The state before the first image is looked at; until then the source is what was found.</summary>
    internal State Begin(SearchRows rows)
    {
        Tensor source = rows.Images;
        double width = rows.Classifier.High - rows.Classifier.Low;
        Tensor start = From == LogitStart.Target
            ? rows.Targets!
            : rows.Clamp(source + Rows.Uniform(source, rows.RngsAt("logit-space"), width));
        Tensor gap = Ops.Zeros([rows.Count], DType.F64, source.Device) + double.PositiveInfinity;
        return new(source, gap, start, rows.Query.Logits(source));
    }

    /// <summary>Looks at the next image of each row, keeps it where it is the nearest so far, and goes one step on.</summary>
    internal State Look(SearchRows rows, State state)
    {
        Tensor image = state.Next;
        // The gradient comes first: its forward pass gives the logits too. Where nothing is looked at any more, none is needed.
        Tensor next = IsLast(rows) ? image : rows.Clamp(image - Rising(rows, state).Sign() * StepSize);
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(image), rows.Labels);
        using RowBuffer<double> gap = Rows.Read(state.Gap);
        using RowBuffer<bool> isNearest = new(rows.Count);
        for (int i = 0; i < isNearest.Count; i++)
        {
            double off = Math.Abs(confidence[i] - rows.SourceConfidence[i]);
            if (!double.IsFinite(off)) rows.End(i, ExampleStatus.NonFinite);
            else if (isNearest[i] = off < gap[i]) gap[i] = off;
        }
        Tensor nearest = Rows.Choose(isNearest.Span, image, state.Point);
        return new(nearest, Tensor.From((ReadOnlySpan<double>)gap.Span, [rows.Count], image.Device), next, state.Source);
    }

    /// <summary>What <see cref="LogitObjective.Match"/> and <see cref="LogitObjective.Escape"/> lower, less the variation [rows].</summary>
    internal Tensor OfLogits(Tensor logits, Tensor source)
    {
        Tensor change = logits - source;
        Tensor left = Shift is { } shift ? change + shift : change - change.Mean(1, keepDims: true);
        Tensor distance = left.Square().Sum(1);
        Tensor outputs = (logits.Softmax(1) - source.Softmax(1)).Square().Sum(1) * SoftmaxWeight;
        return Objective == LogitObjective.Escape ? outputs - distance : outputs + distance;
    }

    private bool IsLast(SearchRows rows) => rows.Iteration + 1 >= Iterations;

    /// <summary>A direction with the signs of the objective's gradient.</summary>
    private Tensor Rising(SearchRows rows, State state)
    {
        if (Objective == LogitObjective.Released) return RisingShortfall(rows, state.Next);
        Tensor gradient = rows.Query.Gradient(state.Next, logits => OfLogits(logits, state.Source));
        if (VariationWeight == 0) return gradient;
        Tensor change = (state.Next - rows.Images).Detach().Tracked();
        return gradient + Gradient.Of(TotalVariation.Of(change).Sum(), change) * VariationWeight;
    }

    // The gradient of the confidence is a positive multiple of that of the log-odds, which does not round to zero. Where the
    // confidence is high enough already nothing rises.
    private static Tensor RisingShortfall(SearchRows rows, Tensor image)
    {
        (_, Tensor rising) = NullStep.Rising(rows.Query, image, rows.Labels);
        using RowBuffer<double> confidence = Logits.ReadConfidence(rows.Query.Logits(image), rows.Labels);
        using RowBuffer<double> sign = new(rows.Count);
        for (int i = 0; i < sign.Count; i++) sign[i] = confidence[i] < rows.SourceConfidence[i] ? -1 : 0;
        return rising * Rows.Scale(sign.Span, rising);
    }

    private static void CheckWeight(double weight, string what)
    {
        if (!(weight >= 0 && double.IsFinite(weight))) Throw.Range($"logit-space: {what} {weight} must be finite and at least 0.");
    }
}
