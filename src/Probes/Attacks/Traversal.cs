namespace MiniGrad.Probes.Attacks;

/// <summary>
/// A traversal from a source image towards a target image that keeps the source's confidence: no threat, but a level set. Its
/// success is measured at the end: near the target (RMSE) and still confident. A source that is not classified as labelled is
/// returned unchanged and excluded; so is a pair of one class, which is walked only when forced.
/// </summary>
public abstract record Traversal : Search
{
    /// <summary>Two images that differ by no more in any pixel are one.</summary>
    private const double SameImage = 1e-6;

    /// <summary>Largest root mean square difference to the target that counts as arrived.</summary>
    public double SuccessRmse { get; init; } = 0.05;

    /// <summary>The largest allowed drop of the source class's confidence.</summary>
    public abstract double ConfidenceDrop { get; init; }

    /// <summary>Whether the network still says the source's class, as confidently as the traversal had to keep it.</summary>
    public bool Keeps(ExampleResult e) => e.Prediction == e.SourceClass && e.SourceConfidence - e.Confidence <= ConfidenceDrop + 1e-6;

    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Pairs;

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(SuccessRmse > 0)) Throw.Range($"walk: success threshold {SuccessRmse} must be positive.");
    }

    internal sealed override void Open(SearchChunk chunk)
    {
        int[] targetClasses = Logits.Prediction(chunk.Classifier.Logits(chunk.Targets!));
        using RowBuffer<double> difference = Rows.Linf(chunk.Targets! - chunk.Images);
        for (int i = 0; i < chunk.Count; i++)
        {
            bool isOfOneClass = targetClasses[i] == chunk.Labels[i];
            if (!double.IsFinite(chunk.SourceConfidence[i])) chunk.Status[i] = ExampleStatus.NonFinite;
            else if (chunk.StartClasses[i] != chunk.Labels[i]) chunk.Status[i] = ExampleStatus.SourceMisclassified;
            else if (difference[i] <= SameImage) chunk.Status[i] = ExampleStatus.TargetEqualsSource;
            else if (isOfOneClass && !chunk.Run.Force) chunk.Status[i] = ExampleStatus.SameClass;
            else chunk.RecordPath(i, targetClasses[i]);
            chunk.IsForced[i] = isOfOneClass;
        }
    }

    internal sealed override Tensor Render(Classifier classifier, Tensor clean, Tensor point) =>
        point.Clamp(classifier.Low, classifier.High);

    internal sealed override IEnumerable<ExampleResult> Judge(SearchChunk chunk, Tensor output, ExampleResult[] results, bool[] finite)
    {
        foreach (ExampleResult e in results)
        {
            bool walked = e.Status is not (ExampleStatus.SourceMisclassified or ExampleStatus.SameClass or ExampleStatus.Interrupted
                or ExampleStatus.InitFailed);
            yield return e with { Success = walked && Keeps(e) && e.Rmse <= SuccessRmse };
        }
    }

    internal sealed override void Warn(ExampleResult[] results, int vanished, string examples, ICollection<string> warnings)
    {
        int undefined = results.Count(e => e.Status == ExampleStatus.NonFinite);
        if (vanished > 0) warnings.Add($"zero gradients: {vanished} {examples} met a gradient of exactly zero.");
        if (undefined > 0) warnings.Add($"non-finite: {undefined} {examples} met NaN or infinite logits; no average includes them.");
    }
}

/// <summary>A traversal with its state: what survives a step, one row for each open example.</summary>
public abstract record Traversal<TState> : Traversal where TState : struct, IRowState<TState>
{
    /// <summary>The most steps that a row may take.</summary>
    protected abstract int Limit(SearchRows rows, int row);

    /// <summary>Where the rows start.</summary>
    protected abstract TState Start(SearchRows rows);

    /// <summary>One step of all open rows; a row that is done is ended by <see cref="SearchRows.End"/>.</summary>
    protected abstract TState Step(SearchRows rows, TState state);

    internal sealed override void Run(SearchLoop loop) => loop.Run<TState>(Limit, Start, Step);
}
