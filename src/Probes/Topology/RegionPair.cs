namespace MiniGrad.Probes.Topology;

/// <summary>What the end of a pair is made of.</summary>
public enum PairKind
{
    /// <summary>Another image that the network sees as the class.</summary>
    Natural,

    /// <summary>An image that it sees as another class, moved into the region.</summary>
    OtherClass,

    /// <summary>Uniform noise of the pixel box, moved into the region.</summary>
    Noise,
}

/// <summary>Two points of a class's region: an image that the network sees as the class, and an end that may have to be moved.</summary>
/// <param name="Kind">What the end is made of.</param>
/// <param name="Class">The predicted class.</param>
/// <param name="Start">The image at the start.</param>
/// <param name="End">The image at the end; none for noise.</param>
public sealed record RegionPair(PairKind Kind, int Class, int Start, int? End)
{
    internal void Check(int images, int classes)
    {
        if ((uint)Start >= (uint)images || (End is { } end && (uint)end >= (uint)images))
        {
            Throw.Range($"class paths: a pair of images {Start} and {End ?? Start}; there are {images}, numbered from 0.");
        }
        if ((uint)Class >= (uint)classes) Throw.Range($"class paths: a pair of class {Class}; classes are 0 to {classes - 1}.");
        if ((End is null) != (Kind == PairKind.Noise))
        {
            Throw.Argument("class paths: noise has no image at its end, and all other kinds do.");
        }
    }

    internal static double[] Noise(Classifier classifier, Rng rng)
    {
        double[] point = new double[classifier.InputShape.Count];
        Rng own = rng.At("noise");
        for (int i = 0; i < point.Length; i++) point[i] = classifier.Low + (classifier.High - classifier.Low) * own.At(i).Uniform();
        return point;
    }
}

/// <summary>The pairs that were chosen, and the classes that have none.</summary>
/// <param name="Pairs">The pairs, class after class in turn.</param>
/// <param name="Skipped">Classes that too few images are seen as.</param>
public sealed record RegionPairs(IReadOnlyList<RegionPair> Pairs, IReadOnlyList<int> Skipped)
{
    /// <summary>
    /// Chooses pairs at random, class after class in turn, so that all classes have about as many. A pair depends on the predictions,
    /// its kind, its number and the random numbers only.
    /// </summary>
    /// <param name="predicted">The class that the network sees each image as.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="kind">What the ends are made of.</param>
    /// <param name="count">How many pairs.</param>
    /// <param name="rng">Random numbers.</param>
    /// <exception cref="ArgumentException">There are no images, or no class has enough of them.</exception>
    public static RegionPairs Choose(IReadOnlyList<int> predicted, int classes, PairKind kind, int count, Rng rng)
    {
        if (count < 1) Throw.Range($"class paths: {count} pairs; at least 1 is needed.");
        if (predicted.Count == 0) Throw.Argument("class paths: there are no images. Give some.");
        int[][] members = [.. Enumerable.Range(0, classes)
            .Select(c => Enumerable.Range(0, predicted.Count).Where(i => predicted[i] == c).ToArray())];
        bool IsUsable(int c) => kind switch
        {
            PairKind.Natural => members[c].Length >= 2,
            PairKind.OtherClass => members[c].Length >= 1 && members[c].Length < predicted.Count,
            _ => members[c].Length >= 1,
        };
        int[] usable = [.. Enumerable.Range(0, classes).Where(IsUsable)];
        if (usable.Length == 0)
        {
            Throw.Argument($"class paths: none of {classes} classes has enough of {predicted.Count} images for a pair ({kind}). "
                + "Give more images.");
        }
        RegionPair[] pairs = new RegionPair[count];
        for (int p = 0; p < count; p++)
        {
            int c = usable[p % usable.Length];
            Rng own = rng.At("pair").At((int)kind).At(p);
            int first = own.At("start").Below(members[c].Length);
            pairs[p] = new(kind, c, members[c][first], kind switch
            {
                PairKind.Natural => members[c][(first + 1 + own.At("end").Below(members[c].Length - 1)) % members[c].Length],
                PairKind.OtherClass => Other(predicted, c, own.At("end").Below(predicted.Count - members[c].Length)),
                _ => null,
            });
        }
        return new(pairs, [.. Enumerable.Range(0, classes).Except(usable)]);
    }

    /// <summary>The class that a network sees each image as.</summary>
    /// <exception cref="ArgumentException">The images do not fit the classifier, or logits are not finite.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static int[] Predicted(Classifier classifier, Tensor images, RunContext? run = null)
    {
        run ??= new RunContext { ChunkSize = 256 };
        classifier.CheckImages(images, "class paths: images");
        double[] pixels = images.Detach().Cast(DType.F64).ToArray<double>();
        int[] predicted = new int[images.Shape[0]];
        RegionView view = new(classifier, images.Type, predicted.Length, run, "image");
        view.Look(predicted.Length, k => k, (k, point) => pixels.AsSpan(k * view.Size, view.Size).CopyTo(point),
            (k, logits) => predicted[k] = Logits.Top(logits), "it");
        return predicted;
    }

    /// <summary>The image of a number among those that are not seen as the class.</summary>
    private static int Other(IReadOnlyList<int> predicted, int c, int number)
    {
        for (int i = 0; ; i++)
        {
            if (predicted[i] != c && number-- == 0) return i;
        }
    }
}
