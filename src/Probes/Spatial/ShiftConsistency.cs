using System.Numerics;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// How often two shifts of an image get the same class. An image is padded by zeros and cropped to its size at two random whole
/// offsets, several times. After Zhang, arXiv:1904.11486, who crops 224 of 256 pixels; padding 4, offsets 0 to 8 and 5 repeats are for
/// images of 28 or 32.
/// </summary>
/// <param name="Images">Images.</param>
/// <param name="Repeats">Pairs of crops of an image.</param>
/// <param name="Agreed">Pairs of crops of one class, of all Images · Repeats.</param>
public sealed record ShiftConsistency(int Images, int Repeats, int Agreed)
{
    /// <summary>The share of the pairs that agree; NaN without images.</summary>
    public double Share => (double)Agreed / ((long)Images * Repeats);

    /// <summary>
    /// Over images [N, C, H, W]. The offsets follow the number of an image in its run and nothing else, so that parts of a run add up.
    /// </summary>
    /// <param name="classifier">The network, or a formula.</param>
    /// <param name="images">The images; there may be none.</param>
    /// <param name="rng">Random numbers of the offsets.</param>
    /// <param name="padding">The padding on every side in pixels; the largest shift either way.</param>
    /// <param name="repeats">Pairs of crops of each image.</param>
    /// <param name="run">Cancellation, the number of the first image, and how many images are looked at together.</param>
    /// <exception cref="ArgumentException">Images do not fit the classifier, or a logit is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The padding is negative, or there are no repeats.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static ShiftConsistency Of(
        Classifier classifier, Tensor images, Rng rng, int padding = 4, int repeats = 5, RunContext? run = null)
    {
        if (padding < 0) Throw.Range($"shift consistency: padding {padding}; at least 0 is needed.");
        if (repeats < 1) Throw.Range($"shift consistency: {repeats} repeats; at least 1 is needed.");
        run ??= new RunContext();
        run.Check();
        int count = images.Shape[0];
        if (count == 0) return new(0, repeats, 0);
        classifier.CheckImages(images, "shift consistency");
        // A power of two, whose shares are exact, so that a crop is exactly a shift by whole pixels.
        Warp warp = new(0, BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, padding)));
        int agreed = 0;
        for (int first = 0; first < count; first += run.ChunkSize)
        {
            Tensor some = images.Detach().Take(0, new AxisRange(first, Math.Min(run.ChunkSize, count - first)));
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                int[] Classes(int crop) =>
                    Crop(classifier, some, run.FirstIndex + first, warp, i => rng.At(i).At(repeat).At(crop), padding);
                agreed += Classes(0).Zip(Classes(1)).Count(pair => pair.First == pair.Second);
            }
        }
        return new(count, repeats, agreed);
    }

    private static int[] Crop(
        Classifier classifier, Tensor images, int first, Warp warp, Func<int, Rng> rng, int padding) => Arena.Step(() =>
    {
        double[] shares = new double[3 * images.Shape[0]];
        for (int i = 0; i < images.Shape[0]; i++)
        {
            double Share(int axis) => (padding - rng(first + i).At(axis).Below(2 * padding + 1)) / warp.Pixels;
            (shares[3 * i + 1], shares[3 * i + 2]) = (Share(0), Share(1));
        }
        Tensor points = Tensor.From(shares, [images.Shape[0], 3], images.Device).Cast(images.Type);
        Tensor logits = classifier.Logits(warp.Render(images, points));
        int bad = Array.IndexOf(Logits.AreFinite(logits), false);
        if (bad >= 0)
        {
            Throw.Argument($"shift consistency: a logit of image {first + bad} is not finite. Check the weights of the network.");
        }
        return Logits.Prediction(logits);
    }, _ => []);
}
