using MiniGrad.Data;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The first images of a set that a network gets wrong, as they are or under an attack, and what it cost to know.</summary>
/// <param name="Attack">As it prints itself.</param>
/// <param name="Count">How many images.</param>
/// <param name="Wrong">The numbers of those that are wrong, ascending.</param>
/// <param name="Forwards">Forward passes of an image, in the mean.</param>
/// <param name="Gradients">Backward passes of an image, in the mean.</param>
/// <param name="MostForwards">Forward passes of the image that took most.</param>
/// <param name="Moves">How the wrong images were turned and shifted, where they were.</param>
internal sealed record MeasureOutcome(
    string Attack, int Count, int[] Wrong, double Forwards, double Gradients, int MostForwards, ImageMove[] Moves)
{
    private const int Together = 256;

    /// <summary>How many are right.</summary>
    public int Right => Count - Wrong.Length;

    /// <summary>The share that is right; NaN of none.</summary>
    public double Accuracy => (double)Right / Count;

    /// <summary>Its 95 % interval.</summary>
    public (double Low, double High) Interval()
    {
        WilsonInterval interval = WilsonInterval.Of(Right, Count);
        return (interval.Low, interval.High);
    }

    /// <summary>What is known of the first images alone.</summary>
    public MeasureOutcome First(int count) => count >= Count ? this : this with
    {
        Count = count,
        Wrong = [.. Wrong.Where(i => i < count)],
        Moves = [.. Moves.Where(move => move.Image < count)],
    };

    /// <summary>1 of every image that is right, 0 of the others.</summary>
    public double[] AreRight()
    {
        double[] right = new double[Count];
        Array.Fill(right, 1);
        foreach (int i in Wrong) right[i] = 0;
        return right;
    }

    /// <summary>Images that are wrong under any of several, among the first that all of them looked at.</summary>
    public static MeasureOutcome Union(IReadOnlyCollection<MeasureOutcome> outcomes)
    {
        int count = outcomes.Min(o => o.Count);
        MeasureOutcome[] same = [.. outcomes.Select(o => o.First(count))];
        return new("union", count, [.. same.SelectMany(o => o.Wrong).Distinct().Order()],
            same.Sum(o => o.Forwards), same.Sum(o => o.Gradients), same.Sum(o => o.MostForwards), []);
    }

    /// <summary>The images as they are.</summary>
    /// <param name="what">What the classifier is called, for errors.</param>
    /// <param name="classifier">The network, or one that votes.</param>
    /// <param name="data">The set.</param>
    /// <param name="count">How many of its first images.</param>
    /// <param name="passes">Forward passes of the network in one of the classifier.</param>
    /// <param name="progress">Told how many are done, and of how many.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="NumericalException">A logit is not finite.</exception>
    public static MeasureOutcome Natural(
        string what, Classifier classifier, ImageDataSet data, int count, int passes, Action<int, int> progress,
        CancellationToken cancellation)
    {
        List<int> wrong = [];
        for (int first = 0; first < count; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(first, count);
            int size = Math.Min(Together, count - first);
            (int[] predicted, bool[] finite) = Arena.Step(() =>
            {
                Tensor logits = classifier.Logits(data.Images(first, size));
                return (Logits.Prediction(logits), Logits.AreFinite(logits));
            }, _ => []);
            for (int i = 0; i < size; i++)
            {
                if (!finite[i]) throw Undefined(what, "as it is", first + i);
                if (predicted[i] != data.Labels[first + i]) wrong.Add(first + i);
            }
        }
        return new("none", count, [.. wrong], passes, 0, passes, []);
    }

    /// <summary>The same under an attack.</summary>
    /// <param name="what">What the classifier is called, for errors.</param>
    /// <param name="attack">The attack.</param>
    /// <param name="classifier">The network, or one that votes.</param>
    /// <param name="data">The set.</param>
    /// <param name="count">How many of its first images.</param>
    /// <param name="passes">Forward passes of the network in one of the classifier.</param>
    /// <param name="progress">Told how many are done, and of how many.</param>
    /// <param name="run">Seed and cancellation, and whether images that are wrong already are attacked.</param>
    /// <exception cref="NumericalException">The network became undefined, which is no mistake of a class.</exception>
    public static MeasureOutcome Of(
        string what, Attack attack, Classifier classifier, ImageDataSet data, int count, int passes, Action<int, int> progress,
        RunContext run)
    {
        (List<int> wrong, List<ImageMove> moves) = ([], []);
        (long forwards, long gradients, int most) = (0, 0, 0);
        for (int first = 0; first < count; first += Together)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            progress(first, count);
            int size = Math.Min(Together, count - first);
            Examples examples = new(data.Images(first, size), data.Labels[first..(first + size)]);
            AttackResult result = attack.Run(classifier, examples, run with { FirstIndex = first, ChunkSize = Together });
            run.Cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < size; i++)
            {
                ExampleResult e = result.Examples[i];
                if (e.Status == ExampleStatus.NonFinite) throw Undefined(what, $"under {attack}", first + i);
                forwards += e.Forwards * passes;
                gradients += e.Gradients * passes;
                most = Math.Max(most, e.Forwards * passes);
                if (!e.Success) continue;
                wrong.Add(first + i);
                if (e.Move is { } move) moves.Add(new(first + i, e.Prediction, move.Degrees, move.Right, move.Down));
            }
        }
        return new(attack.ToString(), count, [.. wrong], (double)forwards / count, (double)gradients / count, most, [.. moves]);
    }

    private static NumericalException Undefined(string what, string how, int image) =>
        new($"reproduce: {what} has logits that are NaN or infinite at image {image} {how}. Check its weights.");
}

/// <summary>How an image was turned and shifted.</summary>
/// <param name="Image">Its number in the set.</param>
/// <param name="Prediction">What the network says then.</param>
/// <param name="Degrees">The angle, counter-clockwise positive.</param>
/// <param name="Right">Pixels to the right.</param>
/// <param name="Down">Pixels down.</param>
internal sealed record ImageMove(int Image, int Prediction, double Degrees, double Right, double Down);

/// <summary>Two outcomes on the same images.</summary>
/// <param name="Count">How many images both looked at.</param>
/// <param name="OnlyFirst">Images that are right in the first alone, …</param>
/// <param name="OnlySecond">… and in the second alone.</param>
internal readonly record struct SameImages(int Count, int OnlyFirst, int OnlySecond)
{
    public static SameImages Of(MeasureOutcome first, MeasureOutcome second)
    {
        int count = Math.Min(first.Count, second.Count);
        (int[] a, int[] b) = (first.First(count).Wrong, second.First(count).Wrong);
        return new(count, b.Except(a).Count(), a.Except(b).Count());
    }

    /// <summary>The accuracy of the first minus that of the second.</summary>
    public double Gap => (double)(OnlyFirst - OnlySecond) / Count;

    /// <summary>The standard error of the gap.</summary>
    public double Error => Math.Sqrt(OnlyFirst + OnlySecond - (double)(OnlyFirst - OnlySecond) * (OnlyFirst - OnlySecond) / Count) / Count;

    /// <summary>1 where the first is right more often beyond chance, −1 where the second is.</summary>
    public int Sign => Evidence.OfPairs(OnlyFirst, OnlySecond);
}
