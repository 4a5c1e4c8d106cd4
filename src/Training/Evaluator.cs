using MiniGrad.Data;
using MiniGrad.Nn;

namespace MiniGrad.Training;

/// <summary>Predictions of a network over a data set.</summary>
public static class Evaluator
{
    /// <summary>The most images, and the most of their values, in one forward pass: the results do not depend on it, memory does.</summary>
    private const int MaxChunk = 250;

    private const long MaxValues = 2_000_000;

    /// <summary>
    /// The predicted class of the first <paramref name="count"/> images. Notes tell where memory made the batches smaller.
    /// </summary>
    public static int[] Predict(
        Network network, ImageDataSet data, int count, IProgress<int>? progress = null, IProgress<string>? notes = null,
        CancellationToken cancellation = default)
    {
        int[] predicted = new int[Math.Min(count, data.Count)];
        new MicroBatches(network.Device, notes).Run(predicted.Length, ChunkOf(network.InputShape), (start, n) =>
        {
            cancellation.ThrowIfCancellationRequested();
            Arena.Step(() => network.Forward(data.Images(start, n, network.Device)).ArgMax(1).ToArray<int>(), _ => [])
                .CopyTo(predicted, start);
            progress?.Report(start + n);
        });
        return predicted;
    }

    /// <summary>How many images of a shape to compute at once.</summary>
    public static int ChunkOf(Shape image) => (int)Math.Clamp(MaxValues / Math.Max(1, image.Count), 1, MaxChunk);

    /// <summary>How many of the first <paramref name="count"/> images are classified as labelled, and of how many.</summary>
    public static (int Correct, int Count) Accuracy(Network network, ImageDataSet data, int count = int.MaxValue)
    {
        int[] predicted = Predict(network, data, count);
        return (Correct(predicted, data.Labels), predicted.Length);
    }

    /// <summary>How many predictions equal the label in their place.</summary>
    public static int Correct(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        int correct = 0;
        for (int i = 0; i < predicted.Length; i++) correct += predicted[i] == labels[i] ? 1 : 0;
        return correct;
    }
}
