using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// One image with its label, as a classifier sees it at points of a warp. Images that are rendered together do not meet, so that
/// nothing depends on how many they are.
/// </summary>
internal sealed class WarpedImage
{
    // Rendering holds several copies of the images at a time; more pixels than these at once are no faster.
    private const int MostPixels = 1 << 20;

    private readonly Classifier classifier;
    private readonly Tensor image;
    private readonly int label;
    private readonly Warp warp;
    private readonly string what;

    /// <summary>Checks image and label.</summary>
    public WarpedImage(Classifier classifier, Tensor image, int label, Warp warp, RunContext run, string what)
    {
        run.Check();
        classifier.CheckImage(image, what);
        classifier.CheckClasses([label], 1, what);
        this.image = image.Detach().To(classifier.Device);
        (this.classifier, this.label, this.warp, this.what) = (classifier, label, warp, what);
        Together = Math.Clamp(MostPixels / (int)image.Count, 1, run.ChunkSize);
    }

    /// <summary>How many points are looked at in one pass.</summary>
    public int Together { get; }

    /// <summary>A tensor of points [n, 3] from 3n shares of the limits, in the type and on the device of the image.</summary>
    public Tensor Points(ReadOnlySpan<double> shares) =>
        Tensor.From(shares, [shares.Length / 3, 3], image.Device).Cast(image.Type);

    /// <summary>The scores at points, three shares of the limits each.</summary>
    /// <exception cref="ArgumentException">A logit is not finite.</exception>
    public WarpScore[] Scores(ReadOnlySpan<double> shares, CancellationToken cancellation = default)
    {
        WarpScore[] scores = new WarpScore[shares.Length / 3];
        for (int first = 0; first < scores.Length; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Together, scores.Length - first);
            double[] some = shares.Slice(3 * first, 3 * count).ToArray();
            Arena.Step(() => Read(classifier.Logits(Render(Points(some))), some), _ => []).CopyTo(scores, first);
        }
        return scores;
    }

    /// <summary>The scores at points [n, 3], and the gradients of the losses by the shares.</summary>
    /// <exception cref="ArgumentException">A logit or a derivative is not finite.</exception>
    public (WarpScore[] Scores, Tensor Gradient) Slopes(Tensor points)
    {
        Tensor leaf = points.Detach().Tracked();
        Tensor logits = classifier.Logits(Render(leaf));
        double[] shares = points.Detach().Cast(DType.F64).ToArray<double>();
        WarpScore[] scores = Read(logits.Detach(), shares);
        int[] labels = new int[scores.Length];
        Array.Fill(labels, label);
        Tensor gradient = Gradient.Of(logits.CrossEntropy(labels, LossReduction.Sum), leaf);
        using RowBuffer<double> values = Rows.Read(gradient);
        for (int i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                Throw.Argument($"{what}: the derivative of the loss by the {((WarpAxis)(i % 3)).ToString().ToLowerInvariant()} at "
                    + $"{At(shares, i / 3)} is {values[i]}. Check the weights of the network.");
            }
        }
        return (scores, gradient);
    }

    private Tensor Render(Tensor points) => warp.Render(image.BroadcastTo([points.Shape[0], .. image.Shape.Sizes[1..]]), points);

    private WarpScore[] Read(Tensor logits, double[] shares)
    {
        int rows = shares.Length / 3;
        if (logits.Rank != 2 || logits.Shape[0] != rows || logits.Shape[1] != classifier.ClassCount)
        {
            Throw.Argument($"{what}: logits have shape {logits.Shape}, expected [{rows}, {classifier.ClassCount}].");
        }
        using RowBuffer<double> z = Rows.Read(logits);
        WarpScore[] scores = new WarpScore[rows];
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * classifier.ClassCount, classifier.ClassCount);
            for (int k = 0; k < line.Length; k++)
            {
                if (!double.IsFinite(line[k]))
                {
                    Throw.Argument($"{what}: logit {k} at {At(shares, i)} is {line[k]}. Check the weights of the network.");
                }
            }
            scores[i] = WarpScore.Of(line, label);
        }
        return scores;
    }

    private WarpPoint At(double[] shares, int row) => WarpPoint.Of(warp, shares.AsSpan(3 * row, 3));
}
