using MiniGrad.Data;

namespace MiniGrad.Probes;

/// <summary>A source and a target image of a data set, by index.</summary>
public readonly record struct ImagePair(int Source, int Target);

/// <summary>Chooses the pairs of images that walks are run on; a choice depends on data, network and seed only.</summary>
public static class PairSelection
{
    /// <summary>An image shown in a grid is classified right with at least this confidence.</summary>
    private const double GridConfidence = 0.6;

    /// <summary>
    /// The first <paramref name="count"/> images as sources, each with a random target of another class that the
    /// classifier gets right. Sources it gets wrong stay in place and are named by the run.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The data set has fewer images.</exception>
    /// <exception cref="ArgumentException">The images do not fit the classifier.</exception>
    public static ImagePair[] Random(Classifier classifier, ImageDataSet data, int count, long seed, int first = 0)
    {
        CheckData(classifier, data);
        if (count < 1 || first < 0 || first + count > data.Count)
        {
            Throw.Range($"pairs: {count} images from {first} on were asked for, {data.Name} has {data.Count}. Lower the count.");
        }
        ImagePair[] pairs = new ImagePair[count];
        for (int i = 0; i < count; i++)
        {
            Rng rng = new Rng(seed).At("target").At(first + i);
            pairs[i] = new(first + i, Target(classifier, data, first + i, rng));
        }
        return pairs;
    }

    /// <summary>The first confident image of every class, all ordered pairs of them: source-major, targets in class order.</summary>
    /// <exception cref="ArgumentException">The images do not fit the classifier.</exception>
    public static ImagePair[] Grid(Classifier classifier, ImageDataSet data)
    {
        CheckData(classifier, data);
        int[] chosen = [.. Enumerable.Range(0, data.ClassCount).Select(label => First(classifier, data, label))];
        return [.. chosen.SelectMany(source => chosen.Where(target => target != source).Select(target => new ImagePair(source, target)))];
    }

    private static int Target(Classifier classifier, ImageDataSet data, int source, Rng rng)
    {
        const int tries = 1000;
        for (int attempt = 0; attempt < tries; attempt++)
        {
            int candidate = rng.At(attempt).Below(data.Count);
            if (data.Labels[candidate] != data.Labels[source] && IsRight(classifier, data, candidate, 0)) return candidate;
        }
        throw new ArgumentException($"pairs: of {tries} random images of {data.Name} none was of another class and classified right. "
            + "Is this network meant for this data set?");
    }

    private static int First(Classifier classifier, ImageDataSet data, int label)
    {
        for (int i = 0; i < data.Count; i++)
        {
            if (data.Labels[i] == label && IsRight(classifier, data, i, GridConfidence)) return i;
        }
        throw new ArgumentException($"pairs: no image of class {data.ClassNames[label]} in {data.Name} is classified right with "
            + $"confidence {GridConfidence}. Is this network meant for this data set?");
    }

    private static bool IsRight(Classifier classifier, ImageDataSet data, int index, double confidence)
    {
        Tensor logits = classifier.Logits(data.Images([index]));
        return Logits.Prediction(logits)[0] == data.Labels[index] && Logits.Confidence(logits, [data.Labels[index]])[0] > confidence;
    }

    private static void CheckData(Classifier classifier, ImageDataSet data)
    {
        Shape shape = [data.Channels, data.Height, data.Width];
        if (shape != classifier.InputShape) Throw.Argument($"{data.Name}: images {shape}, the network takes {classifier.InputShape}.");
        if (data.ClassCount != classifier.ClassCount)
        {
            Throw.Argument($"{data.Name}: {data.ClassCount} classes, the network has {classifier.ClassCount}.");
        }
    }
}
