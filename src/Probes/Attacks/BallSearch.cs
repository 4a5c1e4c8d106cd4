using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

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
    private readonly bool[] found;
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
        found = new bool[Total];
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

    /// <summary>Stores the best points of broken rows; returns the positions, among open rows, of the others, or nothing when none is broken.</summary>
    public int[]? Retire(int[] open, Tensor points)
    {
        if (!Array.Exists(open, row => broken[row])) return null;
        Store(open, points);
        return [.. Enumerable.Range(0, open.Length).Where(i => !broken[open[i]])];
    }

    /// <summary>Copies the best points that this search found out of its memory.</summary>
    public void Store(int[] open, Tensor points)
    {
        for (int i = 0; i < open.Length; i++)
        {
            if (found[open[i]]) best[open[i]] = points.TakeIndices(0, [i]);
            found[open[i]] = false;
        }
    }

    public void Interrupt(int[] rows)
    {
        foreach (int row in rows)
        {
            if (status[row] == ExampleStatus.Completed) (status[row], best[row]) = (ExampleStatus.Interrupted, null);
            found[row] = false;
        }
    }

    /// <summary>Looks at an iterate of the open rows and returns their best points: the successful one of highest loss; failing that, the last.</summary>
    public Tensor Consider(BallTask task, Tensor iterate, Tensor points, bool last)
    {
        Tensor logits = Query.Logits(iterate);
        using RowBuffer<double> predicted = PerRow.Read(logits.ArgMax(1));
        using RowBuffer<double> loss = PerRow.Read(task.Goal.Loss(logits.Detach()));
        using RowBuffer<bool> taken = new(predicted.Count);
        for (int i = 0; i < predicted.Count; i++)
        {
            int row = Query.Rows[i];
            if (status[row] == ExampleStatus.NonFinite) continue;
            if (!double.IsFinite(loss[i]))
            {
                // Where the classifier is undefined nothing is broken; a success found before stands.
                if (!broken[row]) status[row] = ExampleStatus.NonFinite;
                continue;
            }
            bool met = task.Goal.IsMet(i, (int)predicted[i]);
            bool better = met && (!broken[row] || loss[i] > bestLoss[row]);
            if (!better && (!last || broken[row])) continue;
            taken[i] = found[row] = true;
            if (!met) continue;
            broken[row] = true;
            bestLoss[row] = loss[i];
        }
        return taken.Span.Contains(true) ? PerRow.Choose(taken.Span, iterate, points) : points;
    }

    /// <summary>Measures every output from scratch.</summary>
    public IEnumerable<ExampleResult> Results(int first, Ball within)
    {
        Tensor output = Output;
        Tensor logits = classifier.Logits(output);
        int[] predicted = Confidence.Prediction(logits);
        double[] confidence = Confidence.Of(logits, labels);
        double[] distance = within.Distance(images, output);
        double[] l2 = PerRow.L2(output - images).ToArray();
        double[] linf = PerRow.Linf(output - images).ToArray();
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
