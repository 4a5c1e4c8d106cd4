namespace MiniGrad.Probes.Attacks;

/// <summary>An attack that searches a ball around each image, of any state.</summary>
public abstract record BallAttack(Ball Within) : Attack
{
    /// <summary>Runs of the search from different starts; an example that is broken is not started again.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Whether an example leaves the search with its first success instead of looking for a higher loss.</summary>
    public bool StopAtSuccess { get; init; }

    public override void Check()
    {
        if (Restarts < 1) Throw.Range($"attack: {Restarts} restarts; at least 1 is needed.");
    }

    /// <summary>
    /// Attacks images [N, …]. The output of an example is the successful point of highest loss, or the last iterate when
    /// there is none; success is measured by a fresh forward pass. An input that already meets the goal is returned as it is;
    /// one whose target is its own label is also left out of averages. The search runs on the classifier's device, the output
    /// lies where the images came from.
    /// </summary>
    public abstract AttackResult Run(Classifier classifier, Tensor images, Goal goal, int[] labels, RunContext? run = null);
}

/// <summary>A search in a ball with its state: every tensor that survives a step, one row per open example.</summary>
public abstract record BallAttack<TState>(Ball Within) : BallAttack(Within) where TState : struct, IBallState
{
    /// <summary>Steps of one search.</summary>
    protected abstract int Iterations { get; }

    protected abstract TState Start(Query query, BallTask task);

    protected abstract TState Step(Query query, BallTask task, TState state);

    public sealed override AttackResult Run(Classifier classifier, Tensor images, Goal goal, int[] labels, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        images = images.Detach();
        classifier.CheckImages(images, "attack");
        classifier.CheckClasses(labels, images.Shape[0], "attack");
        goal.Check(classifier, images.Shape[0]);
        List<Tensor> outputs = [];
        List<ExampleResult> results = [];
        HashSet<string> warnings = [.. ClassifierChecks.Check(classifier, images)];
        int vanished = 0;
        classifier.Batches.Run(images.Shape[0], run.ChunkSize, (first, count) =>
        {
            int[] rows = [.. Enumerable.Range(first, count)];
            BallSearch search = new(classifier, images.TakeIndices(0, rows).To(classifier.Device), goal.Take(rows), Array.ConvertAll(rows, row => labels[row]));
            Search(search, run, first);
            ExampleResult[] found = [.. search.Results(first, Within)];
            outputs.Add(search.Output.To(images.Device));
            results.AddRange(found);
            vanished += search.ZeroGradients;
            run.Progress?.Report(new(first + count, images.Shape[0], Iterations, Iterations));
        });
        int total = results.Count;
        int undefined = results.Count(e => e.Status == ExampleStatus.NonFinite);
        if (vanished > 0) warnings.Add($"zero gradients: {vanished} of {total} examples from {run.FirstIndex} on met a gradient of exactly zero; the loss may be saturated.");
        if (undefined > 0) warnings.Add($"non-finite: {undefined} of {total} examples from {run.FirstIndex} on met NaN or infinite logits; they count as not broken.");
        if (results.All(e => e.Status is ExampleStatus.AlreadyMet or ExampleStatus.SameClass)) warnings.Add($"nothing to attack: all {total} images from {run.FirstIndex} on meet the goal already.");
        return new(ToString(), Ops.Concat([.. outputs], 0), [.. results], [], [.. warnings]);
    }

    private void Search(BallSearch search, RunContext run, int first)
    {
        for (int restart = 0; restart < Restarts; restart++)
        {
            int[] open = search.Open();
            if (open.Length == 0) return;
            Rng[] rngs = Array.ConvertAll(open, row => run.ExampleRng(first + row).At("restart").At(restart));
            BallTask task = search.Task(open, Within, rngs);
            search.Query.Rows = open;
            using ArenaLoop<Course> loop = new(course => StateRows<TState>.Tensors(course.State).Append(course.Best));
            Course course = loop.Step(() => new(Start(search.Query, task), task.Image));
            search.Query.Forget();
            for (int iteration = 0; iteration < Iterations && open.Length > 0; iteration++)
            {
                if (run.Cancellation.IsCancellationRequested)
                {
                    search.Interrupt(open);
                    return;
                }
                course = loop.Step(() => Advance(search, task, course));
                search.Query.Forget();
                search.Moved(open);
                if (StopAtSuccess && search.Retire(open, course.Best) is { } left)
                {
                    (open, task) = ([.. left.Select(row => open[row])], task.Take(left));
                    course = loop.Step(() => new(StateRows<TState>.Take(course.State, left), course.Best.TakeIndices(0, left)));
                    search.Query.Rows = open;
                }
                run.Progress?.Report(new(first, search.Total, iteration + 1, Iterations));
            }
            if (open.Length == 0) continue;
            course = loop.Step(() => course with { Best = search.Consider(task, course.State.Image, course.Best, last: true) });
            search.Query.Forget();
            search.Store(open, course.Best);
        }
    }

    private Course Advance(BallSearch search, BallTask task, Course course)
    {
        TState next = Step(search.Query, task, course.State);
        return new(next, search.Consider(task, course.State.Image, course.Best, last: false));
    }

    /// <summary>What survives an iteration: the state, and the best point of each open example so far.</summary>
    private readonly record struct Course(TState State, Tensor Best);
}

/// <summary>What the base must see of the state of a search in a ball.</summary>
public interface IBallState
{
    /// <summary>The iterate, inside ball and box.</summary>
    Tensor Image { get; }
}
