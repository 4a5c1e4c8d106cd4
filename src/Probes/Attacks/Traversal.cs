namespace MiniGrad.Probes.Attacks;

/// <summary>
/// A walk from a source image towards a target image that keeps the source's confidence: no ball, but a level set. Its
/// success is measured at the end: near the target (RMSE) and still confident.
/// </summary>
public abstract record Traversal : Attack
{
    /// <summary>Largest root mean square difference to the target that counts as arrived. Perceptual distance will take its place.</summary>
    public double SuccessRmse { get; init; } = 0.05;

    /// <summary>The largest allowed drop of the source class's confidence.</summary>
    public abstract double ConfidenceDrop { get; init; }

    /// <summary>Whether the network still says the source's class, as confidently as the walk had to keep it.</summary>
    public bool Keeps(ExampleResult e) => e.Prediction == e.SourceClass && e.SourceConfidence - e.Confidence <= ConfidenceDrop + 1e-6;

    public override void Check()
    {
        if (!(SuccessRmse > 0)) Throw.Range($"walk: success threshold {SuccessRmse} must be positive.");
    }

    /// <summary>
    /// Walks from each source [N, C, H, W] of a class towards its target. A source that is not classified as labelled is
    /// returned unchanged and excluded; so is a pair of one class, which is walked only when forced. The walks run on the
    /// classifier's device, the output lies where the sources came from.
    /// </summary>
    public abstract AttackResult Run(Classifier classifier, Tensor sources, Tensor targets, int[] classes, RunContext? run = null);
}

/// <summary>A walk with its state: every tensor that survives a step, one row per open example.</summary>
public abstract record Traversal<TState> : Traversal where TState : struct, IWalkState
{
    /// <summary>The most iterations that a row of the task may take.</summary>
    protected abstract int Limit(PairTask task, int row);

    protected abstract TState Start(Query query, PairTask task);

    protected abstract TState Step(Query query, PairTask task, TState state);

    public sealed override AttackResult Run(Classifier classifier, Tensor sources, Tensor targets, int[] classes, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        (sources, targets) = (sources.Detach(), targets.Detach());
        int total = sources.Shape[0];
        classifier.CheckImages(sources, "sources");
        classifier.CheckImages(targets, "targets");
        classifier.CheckClasses(classes, total, "sources");
        if (targets.Shape[0] != total) Throw.Argument($"targets: {targets.Shape[0]} images for {total} sources.");
        HashSet<string> warnings = [.. ClassifierChecks.Check(classifier, sources)];
        List<Tensor> outputs = [];
        List<ExampleResult> results = [];
        List<WalkPath> paths = [];
        int vanished = 0;
        classifier.Batches.Run(total, run.ChunkSize, (first, count) =>
        {
            int[] rows = [.. Enumerable.Range(first, count)];
            Tensor Here(Tensor x) => x.TakeIndices(0, rows).To(classifier.Device);
            Walk walk = new(classifier, Here(sources), Here(targets), Array.ConvertAll(rows, row => classes[row]), run, first);
            Search(walk, run, first, total);
            ExampleResult[] found = [.. walk.Results(this, first)];
            outputs.Add(walk.Output.To(sources.Device));
            results.AddRange(found);
            paths.AddRange(walk.Paths);
            vanished += walk.Query.Vanished.Count(v => v);
            run.Progress?.Report(new(first + count, total, 0, 0));
        });
        if (vanished > 0) warnings.Add($"zero gradients: {vanished} of {total} examples from {run.FirstIndex} on met a gradient of exactly zero.");
        return new(ToString(), Ops.Concat([.. outputs], 0), [.. results], paths, [.. warnings]);
    }

    private void Search(Walk walk, RunContext run, int first, int total)
    {
        int[] open = walk.Open();
        if (open.Length == 0) return;
        PairTask task = walk.Task(open);
        int[] limits = [.. Enumerable.Range(0, open.Length).Select(row => Limit(task, row))];
        int longest = limits.Max();
        walk.Query.Rows = open;
        using ArenaLoop<TState> loop = new(StateRows<TState>.Tensors);
        TState state = loop.Step(() => Start(walk.Query, task));
        walk.Query.Forget();
        walk.Record(open, state.Image, 0);
        for (int iteration = 0; open.Length > 0; iteration++)
        {
            if (walk.Retire(open, state, limits, iteration) is { } going)
            {
                (open, limits) = ([.. going.Select(i => open[i])], [.. going.Select(i => limits[i])]);
                if (open.Length == 0) return;
                task = task.Take(going);
                state = loop.Step(() => StateRows<TState>.Take(state, going));
                walk.Query.Rows = open;
            }
            if (run.Cancellation.IsCancellationRequested)
            {
                walk.Interrupt(open);
                return;
            }
            state = loop.Step(() => Step(walk.Query, task, state));
            walk.Query.Forget();
            walk.Record(open, state.Image, iteration + 1);
            run.Progress?.Report(new(first, total, iteration + 1, longest));
        }
    }
}
