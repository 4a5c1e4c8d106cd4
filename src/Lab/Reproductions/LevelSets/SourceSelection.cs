using MiniGrad.Data;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The images that the study walks from and to.</summary>
/// <param name="Images">Their numbers in the data set, class by class.</param>
/// <param name="Looked">Images that were looked at to find them: the first ones.</param>
internal sealed record ChosenImages(int[] Images, int Looked);

/// <summary>
/// Chooses images that every network gets right with a confidence of more than 0.6, the first ones of each class, as the released
/// code does. A choice depends on images and networks alone.
/// </summary>
internal static class SourceSelection
{
    private const int Together = 250;

    /// <param name="data">The images.</param>
    /// <param name="subjects">The networks.</param>
    /// <param name="perClass">How many of each class.</param>
    /// <param name="most">The most of all classes together; none for no bound.</param>
    /// <param name="progress">Told how many images were looked at.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InputException">There are fewer than two classes of such images.</exception>
    public static ChosenImages Choose(
        ImageDataSet data, IReadOnlyList<LevelSetSubject> subjects, int perClass, int? most, Action<int, int> progress,
        CancellationToken cancellation)
    {
        Dictionary<int, List<int>> found = data.Labels.Distinct().ToDictionary(label => label, _ => new List<int>());
        int looked = 0;
        for (; looked < data.Count && found.Values.Any(of => of.Count < perClass); looked += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(looked, data.Count);
            int[] candidates = [.. Enumerable.Range(looked, Math.Min(Together, data.Count - looked))
                .Where(i => found[data.Labels[i]].Count < perClass)];
            // Each network looks at what those before it left.
            foreach (LevelSetSubject subject in subjects) candidates = Right(subject.Classifier, data, candidates);
            foreach (int i in candidates)
            {
                if (found[data.Labels[i]].Count < perClass) found[data.Labels[i]].Add(i);
            }
        }
        int[][] kept = Bounded([.. found.OrderBy(of => of.Key).Select(of => of.Value.ToArray()).Where(of => of.Length > 0)], most);
        looked = Math.Min(looked, data.Count);
        if (kept.Length >= 2) return new([.. kept.SelectMany(of => of)], looked);
        throw new InputException($"reproduce lst: of {looked} images of {data.Name} those that all networks get right with a confidence of "
            + $"more than {LevelSetSetting.LeastConfidence} are of {kept.Length} classes; two are needed. Leave weak networks out.");
    }

    /// <summary>No class with more images than all others together, which no derangement could place; and no more than the bound.</summary>
    internal static int[][] Bounded(int[][] classes, int? most)
    {
        if (most is { } bound)
        {
            (int Class, int Image)[] first = [.. classes.SelectMany((of, c) => of.Select((image, rank) => (Class: c, image, rank)))
                .OrderBy(x => x.rank).ThenBy(x => x.Class).Take(bound).Select(x => (x.Class, x.image))];
            classes = [.. first.GroupBy(x => x.Class).OrderBy(of => of.Key).Select(of => of.Select(x => x.Image).Order().ToArray())];
        }
        int all = classes.Sum(of => of.Length);
        return [.. classes.Select(of => classes.Length < 2 ? of : of[..Math.Min(of.Length, all - of.Length)])];
    }

    private static int[] Right(Classifier classifier, ImageDataSet data, int[] candidates)
    {
        if (candidates.Length == 0) return candidates;
        int[] labels = Array.ConvertAll(candidates, i => data.Labels[i]);
        return Arena.Step(() =>
        {
            Tensor logits = classifier.Logits(data.Images(candidates));
            int[] predicted = Logits.Prediction(logits);
            double[] confidence = Logits.Confidence(logits, labels);
            return candidates.Where((_, k) => predicted[k] == labels[k] && confidence[k] > LevelSetSetting.LeastConfidence).ToArray();
        }, _ => []);
    }
}
