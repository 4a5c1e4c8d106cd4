namespace MiniGrad.Probes.Attacks;

/// <summary>
/// An attack within a threat. The output of an example is the successful point of highest loss, or the last one when there is
/// none. An input that already meets the goal is returned as it is; one whose target is its own label is also left out of
/// averages.
/// </summary>
/// <param name="Within">The changes that are allowed.</param>
public abstract record BallAttack(Threat Within) : Search
{
    /// <summary>Runs of the search from different starts; an example that is broken is not started again.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Whether an example leaves the search with its first success instead of looking for a higher loss.</summary>
    public virtual bool StopAtSuccess { get; init; }

    /// <summary>What is raised.</summary>
    public virtual Loss Loss { get; init; } = Loss.CrossEntropy;

    internal sealed override Threat Threat => Within;

    internal sealed override Loss Raised => Loss;

    internal sealed override int? Starts => Restarts;

    internal sealed override bool StopsAtSuccess => StopAtSuccess;

    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Labels;

    /// <inheritdoc/>
    public override void Check()
    {
        if (Restarts < 1) Throw.Range($"attack: {Restarts} restarts; at least 1 is needed.");
    }

    // Losses came later than runs that can still be resumed.
    /// <inheritdoc/>
    public override string Identity() => ToString().Replace($", Loss = {Loss.CrossEntropy}", "", StringComparison.Ordinal);

    /// <summary>
    /// The images that one search of each ends at, whether they were right before or not, and without a measurement: what
    /// adversarial training trains on.
    /// </summary>
    /// <param name="classifier">What is attacked.</param>
    /// <param name="images">Clean images [N, …] in the box.</param>
    /// <param name="goal">What each image is to become.</param>
    /// <param name="rng">The random numbers of the batch; each row has its own from them.</param>
    /// <exception cref="ArgumentException">A pixel lies outside the box, or shapes and counts do not fit.</exception>
    public Tensor Perturb(Classifier classifier, Tensor images, Goal goal, Rng rng)
    {
        classifier.CheckImages(images.Detach(), "perturb");
        goal.Check(classifier, images.Shape[0]);
        Examples examples = new(images.Detach().To(classifier.Device), goal.Classes) { Goal = goal };
        SearchChunk chunk = new(this, classifier, examples, new RunContext(), 0, isJudged: false);
        int[] all = [.. Enumerable.Range(0, examples.Count)];
        SearchRows rows = new(chunk, all, Array.ConvertAll(all, row => rng.At(row)));
        // A new tensor: those of the search are recycled with it.
        return Render(classifier, rows.Images, Search(rows)).Clamp(classifier.Low, classifier.High);
    }

    /// <summary>The steps of one search. A method, since every property of an attack is a hyper-parameter.</summary>
    public abstract int StepCount();

    /// <summary>The points that one search of all rows ends at, out of all arenas.</summary>
    private protected abstract Tensor Search(SearchRows rows);

    internal sealed override void Open(SearchChunk chunk)
    {
        for (int i = 0; i < chunk.Count; i++)
        {
            bool isOwnLabel = chunk.Goal.IsTargeted && chunk.Goal.Classes[i] == chunk.Labels[i];
            if (!double.IsFinite(chunk.SourceConfidence[i])) chunk.Status[i] = ExampleStatus.NonFinite;
            else if (isOwnLabel) chunk.Status[i] = ExampleStatus.SameClass;
            else if (!chunk.Run.AttacksMet && chunk.Goal.IsMet(i, chunk.StartClasses[i])) chunk.Status[i] = ExampleStatus.AlreadyMet;
        }
    }

    // Rounding may take interpolated pixels out of the box.
    internal sealed override Tensor Render(Classifier classifier, Tensor clean, Tensor point) =>
        Within.IsOfPixels ? point : Within.Render(clean, point).Clamp(classifier.Low, classifier.High);

    internal sealed override IEnumerable<ExampleResult> Judge(SearchChunk chunk, Tensor output, ExampleResult[] results, bool[] finite)
    {
        Threat within = chunk.Threat!;
        for (int i = 0; i < results.Length; i++)
        {
            ExampleResult e = results[i];
            Tensor clean = chunk.Images.TakeIndices(0, [i]);
            if (chunk.Point(i) is { } point && !within.Allows(clean, point))
            {
                double distance = within.Distance(clean, point)[0];
                throw new InvalidOperationException(
                    $"attack: example {e.Index} left {Within}: distance {distance}, radius {Within.Radius}.");
            }
            bool isMet = double.IsFinite(e.Confidence) && chunk.Goal.IsMet(i, e.Prediction);
            yield return e with
            {
                Move = chunk.Point(i) is { } kept ? within.Move(kept) : null,
                Success = isMet && e.Status is not (ExampleStatus.Interrupted or ExampleStatus.SameClass),
            };
        }
    }

    internal override IEnumerable<string> Cautions(Classifier classifier) => Within.Cautions(classifier.InputShape);

    internal sealed override void Warn(ExampleResult[] results, int vanished, string examples, ICollection<string> warnings)
    {
        int undefined = results.Count(e => e.Status == ExampleStatus.NonFinite);
        if (vanished > 0) warnings.Add($"zero gradients: {vanished} {examples} met a gradient of exactly zero; the loss may be saturated.");
        if (undefined > 0) warnings.Add($"non-finite: {undefined} {examples} met NaN or infinite logits; they count as not broken.");
        bool isIdle = results.All(e => e.Status is ExampleStatus.AlreadyMet or ExampleStatus.SameClass);
        if (isIdle)
        {
            warnings.Add("nothing to attack: "
                + $"all {examples["of ".Length..].Replace("examples", "images", StringComparison.Ordinal)} meet the goal already.");
        }
    }
}

/// <summary>An attack within a threat with its state: what survives a step, one row for each open example.</summary>
/// <param name="Within">The changes that are allowed.</param>
public abstract record BallAttack<TState>(Threat Within) : BallAttack(Within) where TState : struct, IRowState<TState>
{
    /// <summary>Steps of one search.</summary>
    protected abstract int Iterations { get; }

    /// <summary>The steps of one search of this classifier, where its number of classes matters.</summary>
    private protected virtual int IterationsFor(Classifier classifier) => Iterations;

    /// <summary>Where the rows start.</summary>
    protected abstract TState Start(SearchRows rows);

    /// <summary>One step of all open rows, from points of threat and box to points of threat and box.</summary>
    protected abstract TState Step(SearchRows rows, TState state);

    /// <summary>
    /// Leads rows that have made all their steps back within the threat, where steps may lead out of it. Such a search says by
    /// <see cref="IRowState{TSelf}.WereAllowed"/> which of its points may be kept on the way.
    /// </summary>
    protected virtual TState Finish(SearchRows rows, TState state) => state;

    /// <summary>Where a search ends that nobody looks at on its way; its last point unless the attack remembers a better one.</summary>
    protected virtual Tensor Found(TState state) => state.Point;

    /// <inheritdoc/>
    public sealed override int StepCount() => Iterations;

    /// <summary>Whether training takes points that were not led back within the threat.</summary>
    protected virtual bool TrainsOutside => false;

    internal sealed override void Run(SearchLoop loop) =>
        loop.Run<TState>((rows, _) => IterationsFor(rows.Classifier), Start, Step, Finish);

    private protected sealed override Tensor Search(SearchRows rows)
    {
        using ArenaLoop<TState> loop = new(state => state.Tensors);
        TState state = loop.Step(() => Start(rows));
        rows.Query.Forget();
        int steps = IterationsFor(rows.Classifier);
        while (rows.Iteration < steps)
        {
            TState last = state;
            state = loop.Step(() => Step(rows, last));
            rows.Query.Forget();
            rows.Iteration++;
        }
        if (!TrainsOutside) state = loop.Step(() => Finish(rows, state));
        return Found(state) * 1;
    }
}
