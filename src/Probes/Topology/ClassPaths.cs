using System.Globalization;

namespace MiniGrad.Probes.Topology;

/// <summary>
/// Paths inside the region of one class between two points: the straight line where it stays inside, else its midpoint is moved into
/// the region and both halves are searched in the same way. Algorithm 1 of Fawzi et al., CVPR 2018, with two changes: the straight
/// line is looked at first, and midpoints are pushed inward, without which the search stalls on boundaries that are concave as seen
/// from inside. A path is evidence at the density of its samples; a failure says nothing, and is called inconclusive.
/// </summary>
/// <param name="Samples">Samples inside each piece of a path while it is searched; ten times as many look at the whole path.</param>
/// <param name="Depth">How often the straight line may be split.</param>
/// <param name="Clip">Clips what is moved into a region into the pixel box; otherwise paths run in R^d, as in the study.</param>
/// <param name="Iterations">Most steps of a point into the region.</param>
public sealed record ClassPaths(int Samples = 50, int Depth = 12, bool Clip = false, int Iterations = 50)
{
    /// <summary>How many times as many samples look at a path that was found.</summary>
    internal const int Recheck = 10;

    /// <summary>Splits beyond this are between neighbouring numbers of double precision.</summary>
    private const int DeepestDepth = 40;
    private const string What = "class paths: pair";

    /// <summary>
    /// The inward pushes that are tried in turn while a search fails for depth, as shares of the way into the region.
    /// </summary>
    public IReadOnlyList<double> Pushes { get; init; } = [0.02, 0.1, 0.5];

    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check()
    {
        if (Samples < 1) Throw.Range($"class paths: {Samples} samples; at least 1 is needed.");
        if (Depth is < 1 or > DeepestDepth) Throw.Range($"class paths: depth {Depth} is outside 1 to {DeepestDepth}.");
        if (Iterations < 1) Throw.Range($"class paths: {Iterations} iterations; at least 1 is needed.");
        if (Pushes.Count == 0) Throw.Argument("class paths: there are no pushes. Give at least one, such as 0.02.");
        for (int k = 0; k < Pushes.Count; k++)
        {
            if (!(Pushes[k] > (k == 0 ? 0 : Pushes[k - 1]) && double.IsFinite(Pushes[k])))
            {
                Throw.Range($"class paths: push {Pushes[k]}; pushes must be positive and finite, and ascend.");
            }
        }
    }

    /// <summary>
    /// Searches for a path from each start to the end of the same number. All pairs are searched together, a chunk of points at a
    /// time; the result of a pair depends on its two points only.
    /// </summary>
    /// <param name="classifier">The network, best in double precision.</param>
    /// <param name="starts">Images [N, …], which may leave the pixel box unless <see cref="Clip"/> is set.</param>
    /// <param name="ends">As many images.</param>
    /// <param name="run">Cancellation, points that are seen together, the number of the first pair.</param>
    /// <exception cref="ArgumentException">
    /// A setting makes no sense, the images do not fit the classifier, the ends of a pair are of two predicted classes, or logits or
    /// gradients are not finite; the message names the pair.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public ClassPath[] Find(Classifier classifier, Tensor starts, Tensor ends, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        CheckImages(classifier, starts, "class paths: starts");
        CheckImages(classifier, ends, "class paths: ends");
        if (starts.Shape[0] != ends.Shape[0])
        {
            Throw.Argument($"class paths: {starts.Shape[0]} starts and {ends.Shape[0]} ends. Give pairs.");
        }
        (double[][] from, double[][] to) = (Points(starts), Points(ends));
        RegionView view = new(classifier, starts.Type, from.Length, run, What);
        return Find(classifier, view, starts.Type, [.. from.Select((point, k) => new Walk(k, point, to[k]))], run);
    }

    /// <summary>
    /// Searches for paths between pairs of <see cref="RegionPairs.Choose"/>. What is no natural image of the class is moved into its
    /// region first, with the first of the pushes; noise follows the seed and the number of the pair.
    /// </summary>
    /// <param name="classifier">The network, best in double precision.</param>
    /// <param name="images">Images [N, …] within the classifier's pixel box, to which the pairs refer.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="run">The seed, cancellation, points that are seen together, the number of the first pair.</param>
    /// <inheritdoc cref="Find(Classifier, Tensor, Tensor, RunContext?)" path="/exception"/>
    public ClassPath[] Between(Classifier classifier, Tensor images, IReadOnlyList<RegionPair> pairs, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        Check();
        classifier.CheckImages(images, "class paths: images");
        foreach (RegionPair pair in pairs) pair.Check(images.Shape[0], classifier.ClassCount);
        if (pairs.Count == 0) return [];
        int[] used = [.. pairs.SelectMany(pair => new[] { pair.Start, pair.End ?? pair.Start }).Distinct().Order()];
        double[][] points = Points(images.TakeIndices(0, used));
        double[] Point(int image) => points[Array.BinarySearch(used, image)];
        RegionView view = new(classifier, images.Type, pairs.Count, run, What);
        double[][] ends = [.. pairs.Select((pair, k) =>
            pair.End is { } end ? Point(end) : RegionPair.Noise(classifier, run.ExampleRng(k)))];
        int[] labels = new int[ends.Length];
        view.Look(ends.Length, k => k, (k, point) => ends[k].CopyTo(point), (k, logits) => labels[k] = Logits.Top(logits), "its end");
        double[]?[] inside = new RegionEntry(view, classifier, this).Enter(
            [.. ends.Select((end, k) => new EntryTask(k, end, labels[k], pairs[k].Class, Pushes[0]))]);
        return Find(classifier, view, images.Type, [.. pairs.Select((pair, k) => new Walk(k, Point(pair.Start), inside[k] ?? ends[k])
        {
            Status = inside[k] is null ? PathStatus.NoEnd : null,
            Class = pair.Class,
        })], run);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"ClassPaths {{ Samples = {Samples}, Depth = {Depth}, Clip = {Clip}, Iterations = {Iterations}, ")
        + $"Pushes = {string.Join(" ", Pushes.Select(push => push.ToString(CultureInfo.InvariantCulture)))} }}";

    private ClassPath[] Find(Classifier classifier, RegionView view, DType type, Walk[] walks, RunContext run)
    {
        new ClassPathSearch(this, view, new RegionEntry(view, classifier, this)).Run([.. walks.Where(walk => walk.Status is null)], run);
        return [.. walks.Select(walk =>
        {
            double[][] points = walk.Points();
            bool isFound = walk.Status == PathStatus.Found;
            return new ClassPath(run.FirstIndex + walk.Pair, walk.Class, walk.Status!.Value, Pushes[walk.Attempt], walk.Deepest,
                walk.Refined, walk.ChordPurity, isFound ? walk.LowestMargin : double.NaN,
                view.Forwards[walk.Pair], view.Gradients[walk.Pair],
                Tensor.From([.. points.SelectMany(p => p)], [points.Length, .. classifier.InputShape.ToArray()]));
        })];
    }

    private void CheckImages(Classifier classifier, Tensor images, string what)
    {
        Check();
        if (Clip) classifier.CheckImages(images, what);
        else classifier.CheckShape(images, what);
    }

    private static double[][] Points(Tensor images)
    {
        double[] all = images.Detach().Cast(DType.F64).ToArray<double>();
        return [.. all.Chunk(all.Length / images.Shape[0])];
    }
}
