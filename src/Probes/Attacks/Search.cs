namespace MiniGrad.Probes.Attacks;

/// <summary>
/// An attack that goes from image to image in steps. What all have in common is done here, once: inputs are checked, cut into
/// chunks that fit the memory, searched with what survives a step in an arena, and measured afresh at the end. A family says
/// which examples are searched, what is kept of them, and what success is.
/// </summary>
public abstract record Search : Attack
{
    private protected Search()
    {
    }

    /// <summary>The changes that are allowed; none where an attack has no budget.</summary>
    internal virtual Threat? Threat => null;

    /// <summary>What is raised.</summary>
    internal virtual Loss Raised => Loss.CrossEntropy;

    /// <summary>How often a search is started; none for those that have one start only.</summary>
    internal virtual int? Starts => null;

    /// <summary>How often a search of this classifier's images is started.</summary>
    internal virtual int StartsAt(Classifier classifier) => Starts ?? 1;

    /// <summary>Whether a row leaves with its first success.</summary>
    internal virtual bool StopsAtSuccess => false;

    /// <summary>Whether the class to be left is the predicted one, and not the label.</summary>
    internal virtual bool LeavesPrediction => false;

    /// <summary>Whether outputs lie in the pixel box.</summary>
    internal virtual bool IsInBox => true;

    /// <summary>What a user should know of the attack before its results are believed.</summary>
    internal virtual IEnumerable<string> Cautions(Classifier classifier) => [];

    /// <summary>Ends the examples that are not searched.</summary>
    internal abstract void Open(SearchChunk chunk);

    /// <summary>Runs the search of a chunk.</summary>
    internal abstract void Run(SearchLoop loop);

    /// <summary>Whether the last point of a row that ended so is kept.</summary>
    internal virtual bool KeepsPointOf(ExampleStatus? status) => true;

    /// <summary>Improves points at which rows reached their goal.</summary>
    internal virtual Tensor Improve(SearchRows rows, Tensor points) => points;

    /// <summary>The image of what was kept.</summary>
    internal abstract Tensor Render(Classifier classifier, Tensor clean, Tensor point);

    /// <summary>Decides success, and adds what only this family measures.</summary>
    internal abstract IEnumerable<ExampleResult> Judge(SearchChunk chunk, Tensor output, ExampleResult[] results, bool[] finite);

    /// <summary>Adds what the results as a whole are suspicious of.</summary>
    internal abstract void Warn(ExampleResult[] results, int vanished, string examples, ICollection<string> warnings);

    /// <inheritdoc/>
    public sealed override AttackResult Run(Classifier classifier, Examples examples, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        CheckExamples(classifier, examples);
        Tensor images = examples.Images.Detach();
        int total = examples.Count;
        HashSet<string> warnings = [.. ClassifierChecks.Check(classifier, images), .. Cautions(classifier)];
        List<Tensor> outputs = [];
        List<ExampleResult> results = [];
        List<WalkPath> paths = [];
        int vanished = 0;
        classifier.Batches.Run(total, run.ChunkSize, (first, count) =>
        {
            Examples part = examples.Range(first, count);
            part = part with
            {
                Images = part.Images.Detach().To(classifier.Device),
                Targets = part.Targets?.Detach().To(classifier.Device),
            };
            SearchChunk chunk = new(this, classifier, part, run, first);
            Run(new SearchLoop(chunk, run, first, total));
            Tensor output = chunk.Output();
            ExampleResult[] found = [.. chunk.Results(output)];
            outputs.Add(output.To(images.Device));
            results.AddRange(found);
            paths.AddRange(chunk.Paths);
            vanished += chunk.Query.Vanished.Count(v => v);
            run.Progress?.Report(new(first + count, total, 0, 0));
        });
        Warn([.. results], vanished, $"of {total} examples from {run.FirstIndex} on", warnings);
        return new(ToString(), Ops.Concat([.. outputs], 0), [.. results], paths, [.. warnings]);
    }

    private void CheckExamples(Classifier classifier, Examples examples)
    {
        bool isPaired = Needs() == AttackNeeds.Pairs;
        string what = isPaired ? "sources" : "attack";
        int total = examples.Images.Shape[0];
        classifier.CheckImages(examples.Images.Detach(), what);
        if (isPaired)
        {
            if (examples.Targets is not { } targets)
            {
                throw new ArgumentException($"{GetType().Name}: it walks from images to others. Give Examples its Targets.");
            }
            classifier.CheckImages(targets.Detach(), "targets");
            if (targets.Shape[0] != total) Throw.Argument($"targets: {targets.Shape[0]} images for {total} sources.");
        }
        classifier.CheckClasses(examples.Labels, total, what);
        if (examples.TargetClasses is { } classes)
        {
            classifier.CheckClasses(classes, total, Needs() == AttackNeeds.Labels && LeavesPrediction ? "targets" : "goal");
        }
        examples.Goal?.Check(classifier, total);
    }
}

/// <summary>The one loop of all searches: start, step, let rows go that have ended, start again where that is asked for.</summary>
internal sealed class SearchLoop(SearchChunk chunk, RunContext run, int first, int total)
{
    public void Run<TState>(Func<SearchRows, int, int> limit, Func<SearchRows, TState> start, Func<SearchRows, TState, TState> step)
        where TState : struct, IRowState<TState> => Run(limit, start, step, (_, state) => state);

    /// <param name="limit">How many steps a row may make.</param>
    /// <param name="start">Where the rows start.</param>
    /// <param name="step">One step of all open rows.</param>
    /// <param name="finish">Leads rows that have made all their steps back within the threat.</param>
    public void Run<TState>(
        Func<SearchRows, int, int> limit, Func<SearchRows, TState> start, Func<SearchRows, TState, TState> step,
        Func<SearchRows, TState, TState> finish)
        where TState : struct, IRowState<TState>
    {
        int restarts = run.IsOneStart ? 1 : chunk.Attack.StartsAt(chunk.Classifier);
        for (int restart = 0; restart < restarts; restart++)
        {
            bool mayRestart = restart + 1 < restarts;
            if (chunk.OpenRows(run.FirstStart + restart) is not { } rows || !Once(rows, limit, start, step, finish, mayRestart)) break;
        }
        chunk.Refine();
    }

    /// <summary>One search from one start; returns whether it came to its end.</summary>
    private bool Once<TState>(
        SearchRows rows, Func<SearchRows, int, int> limit, Func<SearchRows, TState> start,
        Func<SearchRows, TState, TState> step, Func<SearchRows, TState, TState> finish, bool mayRestart)
        where TState : struct, IRowState<TState>
    {
        bool keepsBest = chunk.Attack.Threat is not null;
        int[] limits = [.. Enumerable.Range(0, rows.Count).Select(row => limit(rows, row))];
        int longest = limits.Max();
        using ArenaLoop<Course<TState>> loop = new(course => course.Tensors);
        Course<TState> course = loop.Step(() =>
        {
            TState state = start(rows);
            return new(state, keepsBest ? state.Point : null);
        });
        rows.Query.Forget();
        chunk.Record(rows, course.State.Point);
        while (true)
        {
            if (keepsBest && rows.Iteration >= longest) course = Look(loop, rows, course, finish);
            if (chunk.Close(rows, course.State.Point, course.Best, limits, mayRestart) is { } going)
            {
                if (going.Length == 0) return true;
                rows.Keep(going);
                limits = Array.ConvertAll(going, row => limits[row]);
                course = loop.Step(() => course.Take(going));
            }
            if (run.Cancellation.IsCancellationRequested)
            {
                chunk.Interrupt(rows);
                return false;
            }
            course = loop.Step(() =>
            {
                TState next = step(rows, course.State);
                return new(next, keepsBest ? chunk.Best(rows, course.State, course.Best!, isLast: false, next.WereAllowed) : null);
            });
            rows.Query.Forget();
            rows.Iteration++;
            chunk.Stepped(rows, course.State.Point);
            run.Progress?.Report(new(first, total, rows.Iteration, longest));
        }
    }

    private Course<TState> Look<TState>(
        ArenaLoop<Course<TState>> loop, SearchRows rows, Course<TState> course, Func<SearchRows, TState, TState> finish)
        where TState : struct, IRowState<TState>
    {
        course = loop.Step(() =>
        {
            TState state = finish(rows, course.State);
            return new Course<TState>(state, chunk.Best(rows, state, course.Best!, isLast: true));
        });
        rows.Query.Forget();
        return course;
    }

    /// <summary>What survives a step: the state, and the best point of each open row so far.</summary>
    private readonly record struct Course<TState>(TState State, Tensor? Best) where TState : struct, IRowState<TState>
    {
        public IEnumerable<Tensor> Tensors => Best is null ? State.Tensors : State.Tensors.Append(Best);

        public Course<TState> Take(int[] rows) => new(State.Take(rows), Best?.TakeIndices(0, rows));
    }
}
