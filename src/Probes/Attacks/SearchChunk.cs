using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The bookkeeping of the examples that are searched together: who is open, what is kept,
/// how each ended, the final measurement.
/// </summary>
internal sealed class SearchChunk
{
    private readonly Tensor?[] kept;
    private readonly bool[] found;
    private readonly bool[] broken;
    private readonly double[] bestLoss;
    private readonly PathRecorder?[] recorders;
    private readonly int first;
    private readonly int[]? numbers;

    /// <param name="attack">The search.</param>
    /// <param name="classifier">What is attacked.</param>
    /// <param name="examples">The images of the chunk.</param>
    /// <param name="run">What the run needs.</param>
    /// <param name="first">The number of the first example in its run.</param>
    /// <param name="isJudged">Whether the images are looked at before the search, and examples that need none left out.</param>
    public SearchChunk(Search attack, Classifier classifier, Examples examples, RunContext run, int first, bool isJudged = true)
    {
        (Attack, Classifier, Images, Labels, Run, this.first, numbers) =
            (attack, classifier, examples.Images, examples.Labels, run, first, examples.Numbers);
        (Targets, TargetClasses) = (examples.Targets, examples.TargetClasses);
        Threat = attack.Threat?.For(classifier);
        Query = new Query(classifier, Count);
        (SourceConfidence, StartClasses, Finite) = !isJudged ? (new double[Count], Labels, new bool[Count]) : Arena.Step(
            () =>
            {
                Tensor logits = classifier.Logits(Images);
                return (Logits.Confidence(logits, Labels), Logits.Prediction(logits), Logits.AreFinite(logits));
            }, _ => []);
        Goal = examples.Goal
            ?? (TargetClasses is { } classes ? Goal.Targeted(classes) : Goal.Untargeted(attack.LeavesPrediction ? StartClasses : Labels));
        (Status, Notes, kept) = (new ExampleStatus?[Count], new string?[Count], new Tensor?[Count]);
        (Iterations, Linearizations, Moved) = (new int[Count], new int[Count], new bool[Count]);
        Nearest = new double?[Count];
        (found, broken, bestLoss) = (new bool[Count], new bool[Count], new double[Count]);
        FirstOrderDistances = [.. Enumerable.Repeat(double.NaN, Count)];
        (recorders, IsForced) = (new PathRecorder?[Count], new bool[Count]);
        if (isJudged) attack.Open(this);
    }

    public Search Attack { get; }

    public Classifier Classifier { get; }

    /// <summary>What is allowed, as it is for this classifier; none where an attack has no budget.</summary>
    public Threat? Threat { get; }

    public Query Query { get; }

    public Tensor Images { get; }

    public int[] Labels { get; }

    public Tensor? Targets { get; }

    public int[]? TargetClasses { get; }

    public int Count => Labels.Length;

    public Goal Goal { get; }

    public int[] StartClasses { get; }

    public double[] SourceConfidence { get; }

    public bool[] Finite { get; }

    /// <summary>How each example ended; none while it is open.</summary>
    public ExampleStatus?[] Status { get; }

    public string?[] Notes { get; }

    public int[] Iterations { get; }

    public bool[] Moved { get; }

    public int[] Linearizations { get; }

    public double[] FirstOrderDistances { get; }

    /// <summary>The smallest distance at which each example met its goal, from attacks that look for it beyond their threat.</summary>
    public double?[] Nearest { get; }

    /// <summary>Pairs of one class that are walked all the same; averages leave them out.</summary>
    public bool[] IsForced { get; }

    public RunContext Run { get; }

    public IEnumerable<WalkPath> Paths =>
        recorders.Where((r, i) => r is not null && Status[i] != ExampleStatus.Interrupted).Select(r => r!.Path());

    /// <summary>The examples that a (further) search is for.</summary>
    public SearchRows? OpenRows(int restart)
    {
        int[] open = [.. Enumerable.Range(0, Count).Where(i => Status[i] is null)];
        Rng Start(int row) => Attack.Starts is null ? RngOf(row) : RngOf(row).At("restart").At(restart);
        return open.Length == 0 ? null : new(this, open, Array.ConvertAll(open, Start)) { Restart = restart };
    }

    /// <summary>Keeps the course of a traversal, if the run wants that of its number.</summary>
    public void RecordPath(int example, int targetClass)
    {
        if (first + example < Run.KeepPaths)
        {
            recorders[example] = new(Classifier, first + example, Labels[example], targetClass, Run.PathEvery);
        }
    }

    public void Record(SearchRows rows, Tensor points)
    {
        for (int i = 0; i < rows.Count; i++) recorders[rows.Examples[i]]?.Add(points, i, rows.Iteration);
    }

    public void Stepped(SearchRows rows, Tensor points)
    {
        foreach (int row in rows.Examples) Iterations[row]++;
        Record(rows, points);
    }

    public void Interrupt(SearchRows rows)
    {
        foreach (int row in rows.Examples) (Status[row], kept[row], found[row]) = (ExampleStatus.Interrupted, null, false);
    }

    /// <summary>
    /// Looks at the points of the open rows and returns their best: the successful one of
    /// highest loss; failing that, the last. Points that are not allowed are passed over.
    /// </summary>
    public Tensor Best<TState>(SearchRows rows, TState state, Tensor best, bool isLast, bool[]? allowed = null)
        where TState : struct, IRowState<TState>
    {
        Tensor points = state.Point;
        Tensor logits = state.PointLogits ?? rows.Logits(points);
        using RowBuffer<double> predicted = Rows.Read(logits.ArgMax(1));
        using RowBuffer<double> loss = Rows.Read(Attack.Raised.Of(logits.Detach(), rows.Goal));
        using RowBuffer<bool> taken = new(predicted.Count);
        for (int i = 0; i < predicted.Count; i++)
        {
            int row = rows.Examples[i];
            if (!double.IsFinite(loss[i]))
            {
                // Where the classifier is undefined nothing is broken; a success found before stands.
                if (!broken[row]) Status[row] = ExampleStatus.NonFinite;
                continue;
            }
            bool met = rows.Goal.IsMet(i, (int)predicted[i]) && allowed?[i] != false;
            bool better = met && (!broken[row] || loss[i] > bestLoss[row]);
            if (!better && (!isLast || broken[row])) continue;
            taken[i] = found[row] = true;
            if (!met) continue;
            broken[row] = true;
            bestLoss[row] = loss[i];
        }
        return taken.Span.Contains(true) ? Rows.Choose(taken.Span, points, best) : best;
    }

    /// <summary>
    /// Takes the points of rows that have ended, or that have made all their steps; returns which go on, or nothing when all do.
    /// An example that is not broken may be started again.
    /// </summary>
    public int[]? Close(SearchRows rows, Tensor points, Tensor? best, int[] limits, bool mayRestart)
    {
        bool IsOpen(int i) => Status[rows.Examples[i]] is null && rows.Iteration < limits[i]
            && !(broken[rows.Examples[i]] && Attack.StopsAtSuccess);

        // A step after which all go on allocates nothing that grows with the batch.
        int open = 0;
        for (int i = 0; i < rows.Count; i++) open += IsOpen(i) ? 1 : 0;
        if (open == rows.Count) return null;
        int[] going = [.. Enumerable.Range(0, rows.Count).Where(IsOpen)];
        for (int i = 0; i < rows.Count; i++)
        {
            if (IsOpen(i)) continue;
            int row = rows.Examples[i];
            if (Status[row] is null && (broken[row] || !mayRestart)) Status[row] = ExampleStatus.Completed;
            if (IsForced[row]) Status[row] = ExampleStatus.SameClass;
            if (best is null) kept[row] = Attack.KeepsPointOf(Status[row]) ? points.TakeIndices(0, [i]) : null;
            else if (found[row]) kept[row] = best.TakeIndices(0, [i]);
            found[row] = false;
        }
        return going;
    }

    /// <summary>Lets the attack improve the points at which rows reached their goal, all at once.</summary>
    public void Refine()
    {
        int[] reached = [.. Enumerable.Range(0, Count).Where(i => Status[i] == ExampleStatus.Reached && kept[i] is not null)];
        if (reached.Length == 0) return;
        SearchRows rows = new(this, reached, Array.ConvertAll(reached, RngOf));
        Tensor points = Attack.Improve(rows, reached.Length == 1 ? kept[reached[0]]! : Ops.Concat([.. reached.Select(i => kept[i]!)], 0));
        for (int i = 0; i < reached.Length; i++) kept[reached[i]] = points.TakeIndices(0, [i]);
    }

    /// <summary>What the search kept of an example; nothing where it found nothing.</summary>
    public Tensor? Point(int example) => kept[example];

    /// <summary>Whether the search left an example something.</summary>
    public bool IsKept(int example) => kept[example] is not null;

    /// <summary>The output of every example: what was kept, else the clean image.</summary>
    public Tensor Output() => Ops.Concat([.. kept.Select((point, i) =>
    {
        Tensor clean = Images.TakeIndices(0, [i]);
        return point is null ? clean : Attack.Render(Classifier, clean, point);
    })], 0);

    /// <summary>Measures every output from scratch.</summary>
    public IEnumerable<ExampleResult> Results(Tensor output)
    {
        if (Attack.IsInBox) Classifier.CheckImages(output, "attack output");
        Tensor logits = Classifier.Logits(output);
        int[] predicted = Logits.Prediction(logits);
        double[] confidence = Logits.Confidence(logits, Labels);
        bool[] finite = Logits.AreFinite(logits);
        Tensor reference = Targets ?? Images;
        double[] l2 = Rows.L2(output - reference).ToArray();
        double[] linf = Rows.Linf(output - reference).ToArray();
        double[] ssim = Targets is null ? Ssim.Of(Images, output) : Ssim.Of(output, Targets);
        double size = Math.Sqrt(Classifier.InputShape.Count);
        ExampleResult[] results = new ExampleResult[Count];
        for (int i = 0; i < Count; i++)
        {
            results[i] = new(first + i, Status[i] ?? ExampleStatus.Completed,
                false, Labels[i], predicted[i], SourceConfidence[i], confidence[i],
                l2[i], linf[i], l2[i] / size, ssim[i], Iterations[i], Query.Forwards[i], Query.Gradients[i], Notes[i])
            {
                Nearest = Nearest[i],
            };
        }
        return Attack.Judge(this, output, results, finite);
    }

    private Rng RngOf(int row) => Run.ExampleRng(numbers?[row] ?? first + row);
}
