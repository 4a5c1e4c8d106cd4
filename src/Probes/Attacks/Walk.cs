using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>The bookkeeping of one chunk of walks: who is open, how each ended, the courses that are kept, the final measurement.</summary>
internal sealed class Walk
{
    private readonly Classifier classifier;
    private readonly Tensor sources;
    private readonly Tensor targets;
    private readonly int[] classes;
    private readonly int[] targetClasses;
    private readonly double[] sourceConfidence;
    private readonly RunContext run;
    private readonly int first;
    private readonly ExampleStatus?[] status;
    private readonly bool[] sameClass;
    private readonly Tensor?[] ends;
    private readonly int[] iterations;
    private readonly string?[] notes;
    private readonly PathRecorder?[] recorders;

    public Walk(Classifier classifier, Tensor sources, Tensor targets, int[] classes, RunContext run, int first)
    {
        (this.classifier, this.sources, this.targets, this.classes, this.run, this.first) = (classifier, sources, targets, classes, run, first);
        int count = classes.Length;
        Query = new Query(classifier, count);
        Tensor logits = classifier.Logits(sources);
        int[] predicted = Confidence.Prediction(logits);
        sourceConfidence = Confidence.Of(logits, classes);
        targetClasses = Confidence.Prediction(classifier.Logits(targets));
        using RowBuffer<double> difference = PerRow.Linf(targets - sources);
        status = new ExampleStatus?[count];
        sameClass = new bool[count];
        ends = new Tensor?[count];
        iterations = new int[count];
        notes = new string?[count];
        recorders = new PathRecorder?[count];
        for (int i = 0; i < count; i++)
        {
            sameClass[i] = targetClasses[i] == classes[i];
            if (!double.IsFinite(sourceConfidence[i])) status[i] = ExampleStatus.NonFinite;
            else if (predicted[i] != classes[i]) status[i] = ExampleStatus.SourceMisclassified;
            else if (difference[i] <= 1e-6) status[i] = ExampleStatus.TargetEqualsSource;
            else if (sameClass[i] && !run.Force) status[i] = ExampleStatus.SameClass;
            else if (first + i < run.KeepPaths) recorders[i] = new PathRecorder(classifier, first + i, classes[i], targetClasses[i], run.PathEvery);
        }
    }

    public Query Query { get; }

    public IEnumerable<WalkPath> Paths => recorders.Where((r, i) => r is not null && status[i] != ExampleStatus.Interrupted).Select(r => r!.Path());

    public Tensor Output => Ops.Concat([.. ends.Select((end, i) => end ?? sources.TakeIndices(0, [i]))], 0);

    public int[] Open() => [.. Enumerable.Range(0, classes.Length).Where(i => status[i] is null)];

    public PairTask Task(int[] rows) => new PairTask(sources, targets, classes, sourceConfidence, classifier,
        [.. Enumerable.Range(0, classes.Length).Select(i => run.ExampleRng(first + i))]).Take(rows);

    public void Record(int[] rows, Tensor images, int iteration)
    {
        for (int i = 0; i < rows.Length; i++) recorders[rows[i]]?.Add(images, i, iteration);
    }

    /// <summary>Takes the ends of rows that are done; returns the positions of those that go on, or nothing when all do.</summary>
    public int[]? Retire<TState>(int[] open, TState state, int[] limits, int iteration) where TState : struct, IWalkState
    {
        int ended = 0;
        for (int i = 0; i < open.Length; i++)
        {
            int row = open[i];
            iterations[row] = iteration;
            notes[row] = state.Notes[i];
            ExampleStatus? end = state.Ended[i] ?? (iteration >= limits[i] ? ExampleStatus.Completed : null);
            if (end is null) continue;
            ended++;
            status[row] = sameClass[row] ? ExampleStatus.SameClass : end;
            ends[row] = state.Image.TakeIndices(0, [i]).Clamp(classifier.Low, classifier.High);
        }
        return ended == 0 ? null : [.. Enumerable.Range(0, open.Length).Where(i => status[open[i]] is null)];
    }

    public void Interrupt(int[] rows)
    {
        foreach (int row in rows) status[row] = ExampleStatus.Interrupted;
    }

    /// <summary>Measures every output from scratch.</summary>
    public IEnumerable<ExampleResult> Results(Traversal attack, int firstIndex)
    {
        Tensor output = Output;
        classifier.CheckImages(output, "walk output");
        Tensor logits = classifier.Logits(output);
        int[] predicted = Confidence.Prediction(logits);
        double[] confidence = Confidence.Of(logits, classes);
        double[] l2 = PerRow.L2(output - targets).ToArray();
        double[] linf = PerRow.Linf(output - targets).ToArray();
        double[] ssim = Ssim.Of(output, targets);
        double size = Math.Sqrt(classifier.InputShape.Count);
        for (int i = 0; i < classes.Length; i++)
        {
            ExampleResult e = new(firstIndex + i, status[i]!.Value, false, classes[i], predicted[i], sourceConfidence[i], confidence[i],
                l2[i], linf[i], l2[i] / size, ssim[i], iterations[i], Query.Forwards[i], Query.Gradients[i], notes[i]);
            bool walked = e.Status is not (ExampleStatus.SourceMisclassified or ExampleStatus.SameClass or ExampleStatus.Interrupted);
            yield return e with { Success = walked && attack.Keeps(e) && e.Rmse <= attack.SuccessRmse };
        }
    }
}
