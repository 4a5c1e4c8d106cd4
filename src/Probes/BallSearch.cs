using MiniGrad.Probes.Metrics;

namespace MiniGrad.Probes;

/// <summary>The bookkeeping of one chunk of an attack in a ball: who is open, the best point so far, the final measurement.</summary>
internal sealed class BallSearch
{
    private readonly Classifier classifier;
    private readonly Tensor images;
    private readonly Goal goal;
    private readonly int[] labels;
    private readonly double[] sourceConfidence;
    private readonly ExampleStatus[] status;
    private readonly bool[] broken;
    private readonly double[] bestLoss;
    private readonly Tensor?[] best;
    private readonly int[] iterations;

    public BallSearch(Classifier classifier, Tensor images, Goal goal, int[] labels)
    {
        this.classifier = classifier;
        this.images = images;
        this.goal = goal;
        this.labels = labels;
        Query = new Query(classifier, images.Shape[0]);
        (sourceConfidence, int[] predicted) = Arena.Step(
            () =>
            {
                Tensor logits = classifier.Logits(images);
                return (Confidence.Of(logits, labels), Confidence.Prediction(logits));
            }, _ => []);
        status = new ExampleStatus[Total];
        broken = new bool[Total];
        bestLoss = new double[Total];
        best = new Tensor?[Total];
        iterations = new int[Total];
        for (int i = 0; i < Total; i++)
        {
            status[i] = !double.IsFinite(sourceConfidence[i]) ? ExampleStatus.NonFinite
                : goal.IsLabel(i, labels[i]) ? ExampleStatus.SameClass
                : goal.IsMet(i, predicted[i]) ? ExampleStatus.AlreadyMet : ExampleStatus.Completed;
        }
    }

    public Query Query { get; }

    public int Total => images.Shape[0];

    public int ZeroGradients => Query.Vanished.Count(v => v);

    /// <summary>The output of every example: its best point, or the clean image.</summary>
    public Tensor Output => Ops.Concat([.. best.Select((point, i) => point ?? images.TakeIndices(0, [i]))], 0);

    /// <summary>The examples that a (further) search is for.</summary>
    public int[] Open() => [.. Enumerable.Range(0, Total).Where(i => status[i] == ExampleStatus.Completed && !broken[i])];

    public BallTask Task(int[] rows, Ball within, Rng[] rngs) => new(images.TakeIndices(0, rows), goal.Take(rows), within, classifier, rngs);

    public void Moved(int[] rows)
    {
        foreach (int row in rows) iterations[row]++;
    }

    /// <summary>The positions, among open rows, of those not yet broken.</summary>
    public int[] Unbroken(int[] open) => [.. Enumerable.Range(0, open.Length).Where(i => !broken[open[i]])];

    public void Interrupt(int[] rows)
    {
        foreach (int row in rows)
        {
            if (status[row] == ExampleStatus.Completed) (status[row], best[row]) = (ExampleStatus.Interrupted, null);
        }
    }

    /// <summary>Looks at an iterate: the successful point of highest loss is kept; failing that, the last.</summary>
    public bool Consider(BallTask task, Tensor iterate, bool last)
    {
        Tensor logits = Query.Logits(iterate);
        int[] predicted = Confidence.Prediction(logits);
        double[] loss = task.Goal.Loss(logits.Detach()).Cast(DType.F64).ToArray<double>();
        for (int i = 0; i < predicted.Length; i++)
        {
            int row = Query.Rows[i];
            if (status[row] == ExampleStatus.NonFinite) continue;
            if (!double.IsFinite(loss[i]))
            {
                // Where the classifier is undefined nothing is broken; a success found before stands.
                if (!broken[row]) status[row] = ExampleStatus.NonFinite;
                continue;
            }
            bool met = task.Goal.IsMet(i, predicted[i]);
            bool better = met && (!broken[row] || loss[i] > bestLoss[row]);
            if (!better && (!last || broken[row])) continue;
            // The copy outlives the step that made the iterate.
            using (Arena.Outside()) best[row] = iterate.TakeIndices(0, [i]);
            if (!met) continue;
            broken[row] = true;
            bestLoss[row] = loss[i];
        }
        return true;
    }

    /// <summary>Measures every output from scratch.</summary>
    public IEnumerable<ExampleResult> Results(int first, Ball within)
    {
        Tensor output = Output;
        Tensor logits = classifier.Logits(output);
        int[] predicted = Confidence.Prediction(logits);
        double[] confidence = Confidence.Of(logits, labels);
        double[] distance = within.Distance(images, output);
        double[] l2 = PerRow.L2(output - images);
        double[] linf = PerRow.Linf(output - images);
        double[] ssim = Ssim.Of(images, output);
        double size = Math.Sqrt(classifier.InputShape.Count);
        classifier.CheckImages(output, "attack output");
        for (int i = 0; i < Total; i++)
        {
            if (distance[i] > within.Radius * (1 + 1e-6) + 1e-6)
            {
                throw new InvalidOperationException($"attack: example {first + i} left the ball: distance {distance[i]}, radius {within.Radius}.");
            }
            bool success = status[i] is not (ExampleStatus.Interrupted or ExampleStatus.SameClass) && double.IsFinite(confidence[i]) && goal.IsMet(i, predicted[i]);
            yield return new(first + i, status[i], success, labels[i], predicted[i],
                sourceConfidence[i], confidence[i], l2[i], linf[i], l2[i] / size, ssim[i], iterations[i], Query.Forwards[i], Query.Gradients[i]);
        }
    }
}
