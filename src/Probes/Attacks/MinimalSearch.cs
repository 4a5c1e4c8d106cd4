using MiniGrad.Probes.Distances;

namespace MiniGrad.Probes.Attacks;

/// <summary>The bookkeeping of one chunk of a minimal-norm attack: which class each image starts from, how its search ended, the final measurement.</summary>
internal sealed class MinimalSearch
{
    private readonly Classifier classifier;
    private readonly Tensor images;
    private readonly int[] labels;
    private readonly int[]? targets;
    private readonly int[] start;
    private readonly double[] sourceConfidence;
    private readonly ExampleStatus?[] status;
    private readonly Tensor?[] ends;
    private readonly int[] iterations;
    private readonly int[] linearizations;
    private readonly double[] firstOrder;
    private readonly string?[] notes;

    public MinimalSearch(Classifier classifier, Tensor images, int[] labels, int[]? targets)
    {
        (this.classifier, this.images, this.labels, this.targets) = (classifier, images, labels, targets);
        int count = labels.Length;
        Query = new Query(classifier, count);
        bool[] defined;
        (sourceConfidence, start, defined) = Arena.Step(
            () =>
            {
                Tensor logits = classifier.Logits(images);
                return (Confidence.Of(logits, labels), Confidence.Prediction(logits), Defined(logits));
            }, _ => []);
        (status, ends, notes) = (new ExampleStatus?[count], new Tensor?[count], new string?[count]);
        (iterations, linearizations) = (new int[count], new int[count]);
        firstOrder = new double[count];
        Array.Fill(firstOrder, double.NaN);
        for (int i = 0; i < count; i++)
        {
            status[i] = !defined[i] ? ExampleStatus.NonFinite : targets is not null && targets[i] == start[i] ? ExampleStatus.SameClass : null;
        }
    }

    public Query Query { get; }

    /// <summary>The output of every example: the point across the boundary, or the clean image.</summary>
    public Tensor Output => Ops.Concat([.. ends.Select((end, i) => end ?? images.TakeIndices(0, [i]))], 0);

    /// <summary>The images that a search is for, to which the query is turned; nothing when there are none.</summary>
    public MinimalTask? Task()
    {
        int[] open = Open();
        if (open.Length == 0) return null;
        Query.Rows = open;
        return new(images.TakeIndices(0, open), Array.ConvertAll(open, row => start[row]), targets is null ? null : Array.ConvertAll(open, row => targets[row]));
    }

    /// <summary>Takes how the search of <see cref="Task"/> ended.</summary>
    public void Take(MinimalResult found)
    {
        int[] open = Open();
        for (int i = 0; i < open.Length; i++)
        {
            int row = open[i];
            (status[row], notes[row], firstOrder[row]) = (found.Status[i], found.Notes[i], found.FirstOrderDistances[i]);
            (iterations[row], linearizations[row]) = (found.Iterations[i], found.Linearizations[i]);
            if (found.Status[i] == ExampleStatus.Reached) ends[row] = found.Images.TakeIndices(0, [i]);
        }
    }

    /// <summary>Measures every output from scratch.</summary>
    public IEnumerable<ExampleResult> Results(int first, bool isInBox)
    {
        Tensor output = Output;
        if (isInBox) classifier.CheckImages(output, "attack output");
        Tensor logits = classifier.Logits(output);
        int[] predicted = Confidence.Prediction(logits);
        double[] confidence = Confidence.Of(logits, labels);
        bool[] defined = Defined(logits);
        (double[] l2, double[] linf) = (PerRow.L2(output - images).ToArray(), PerRow.Linf(output - images).ToArray());
        (double[] sizeL2, double[] sizeLinf) = (PerRow.L2(images).ToArray(), PerRow.Linf(images).ToArray());
        double[] ssim = Ssim.Of(images, output);
        double[] cosine = Cosines(output, predicted);
        double pixels = Math.Sqrt(classifier.InputShape.Count);
        for (int i = 0; i < labels.Length; i++)
        {
            bool success = status[i] == ExampleStatus.Reached && defined[i] && (targets is null ? predicted[i] != start[i] : predicted[i] == targets[i]);
            BoundaryGeometry boundary = new(start[i], firstOrder[i], success ? cosine[i] : double.NaN, linearizations[i],
                success ? Ratio(l2[i], sizeL2[i]) : double.NaN, success ? Ratio(linf[i], sizeLinf[i]) : double.NaN);
            ExampleResult e = new(first + i, status[i]!.Value, success, labels[i], predicted[i], sourceConfidence[i], confidence[i],
                l2[i], linf[i], l2[i] / pixels, ssim[i], iterations[i], Query.Forwards[i], Query.Gradients[i], notes[i]);
            yield return e with { Boundary = boundary };
        }
    }

    /// <summary>The cosine of each perturbation and the boundary's normal at its end, from passes that are not charged to the attack.</summary>
    private double[] Cosines(Tensor output, int[] predicted)
    {
        double[] cosines = new double[labels.Length];
        Array.Fill(cosines, double.NaN);
        int[] crossed = [.. Enumerable.Range(0, labels.Length).Where(i => ends[i] is not null)];
        if (crossed.Length == 0) return cosines;
        Arena.Step(
            () =>
            {
                Tensor points = output.TakeIndices(0, crossed);
                Tensor normals = new Query(classifier, crossed.Length).Pull(points, logits =>
                    [Margins.Seed(logits, Array.ConvertAll(crossed, i => predicted[i]), Array.ConvertAll(crossed, i => start[i]))]).Gradients[0];
                Tensor shifts = points - images.TakeIndices(0, crossed);
                using RowBuffer<double> dot = PerRow.Dot(shifts, normals);
                using RowBuffer<double> shift = PerRow.L2(shifts);
                using RowBuffer<double> normal = PerRow.L2(normals);
                for (int i = 0; i < crossed.Length; i++) cosines[crossed[i]] = Ratio(dot[i], shift[i] * normal[i]);
                return 0;
            }, _ => []);
        return cosines;
    }

    private int[] Open() => [.. Enumerable.Range(0, labels.Length).Where(i => status[i] is null)];

    /// <summary>A black image has no relative perturbation, a flat place no normal.</summary>
    private static double Ratio(double a, double b) => b > 0 ? a / b : double.NaN;

    private static bool[] Defined(Tensor logits)
    {
        using RowBuffer<double> z = PerRow.Read(logits);
        bool[] defined = new bool[logits.Shape[0]];
        for (int i = 0; i < defined.Length; i++) defined[i] = Margins.AreFinite(z.Span.Slice(i * logits.Shape[1], logits.Shape[1]));
        return defined;
    }
}
