using MiniGrad.Data;
using MiniGrad.Probes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Which images are walked from, and which each is walked to: numbers of the data set.</summary>
/// <param name="Sources">The sources, class by class.</param>
/// <param name="Targets">The targets of each source, round by round.</param>
internal sealed record WalkPlan(int[] Sources, int[][] Targets)
{
    /// <summary>All walks, source by source; the number of a walk decides its random numbers.</summary>
    public ImagePair[] Pairs =>
        [.. Sources.SelectMany((source, s) => Targets[s].Select(target => new ImagePair(source, target)))];

    /// <summary>The number of the first walk of a source.</summary>
    public int FirstOf(int source) => Targets.Take(source).Sum(targets => targets.Length);

    /// <summary>The plan of a protocol.</summary>
    /// <param name="data">The images.</param>
    /// <param name="set">The chosen images, class by class.</param>
    /// <param name="rounds">Targets of each source.</param>
    /// <param name="protocol">How they are chosen.</param>
    /// <param name="rng">Random numbers of the derangements.</param>
    public static WalkPlan Of(ImageDataSet data, int[] set, int rounds, LevelSetProtocol protocol, Rng rng)
    {
        int[] classes = Array.ConvertAll(set, i => data.Labels[i]);
        if (protocol == LevelSetProtocol.Early)
        {
            // The first image of evenly spaced classes; the rest are sources. Pairs of one class are left to the walk, which counts them.
            int[] firsts = [.. classes.Distinct().Select(label => Array.IndexOf(classes, label))];
            int count = Math.Min(rounds, firsts.Length);
            int[] fixedTargets = [.. Enumerable.Range(0, count).Select(k => set[firsts[k * firsts.Length / count]])];
            int[] sources = [.. set.Except(fixedTargets)];
            return new(sources, [.. sources.Select(_ => fixedTargets)]);
        }
        int[][] drawn = Derangements.Draw(classes, rounds, rng);
        return new(set, [.. set.Select((_, s) => drawn.Select(round => set[round[s]]).ToArray())]);
    }

    /// <summary>The first sources, as many of each class as there are, with at most so many targets.</summary>
    public WalkPlan First(int sources, int targets, ImageDataSet data)
    {
        int[] taken = [.. Enumerable.Range(0, Sources.Length)
            .GroupBy(s => data.Labels[Sources[s]]).SelectMany(of => of.Select((s, rank) => (s, rank))).OrderBy(x => x.rank)
            .Take(sources).Select(x => x.s).Order()];
        return new([.. taken.Select(s => Sources[s])], [.. taken.Select(s => Targets[s].Take(targets).ToArray())]);
    }
}

/// <summary>
/// Random permutations of images after which every image stands where one of another class was; the rounds of one draw give
/// an image another target each time, as far as there are so many.
/// </summary>
internal static class Derangements
{
    private const int Tries = 200;

    /// <param name="classes">The class of each image.</param>
    /// <param name="rounds">How many permutations.</param>
    /// <param name="rng">Random numbers.</param>
    /// <exception cref="ArgumentException">More than half of the images are of one class, so that there is none.</exception>
    public static int[][] Draw(IReadOnlyList<int> classes, int rounds, Rng rng)
    {
        int most = classes.GroupBy(c => c).Select(of => of.Count()).DefaultIfEmpty(0).Max();
        if (2 * most > classes.Count)
        {
            Throw.Argument($"derangement: {most} of {classes.Count} images are of one class. Give at least as many of others.");
        }
        HashSet<int>[] had = [.. classes.Select(_ => new HashSet<int>())];
        int[][] drawn = new int[rounds][];
        for (int round = 0; round < rounds; round++)
        {
            drawn[round] = Round(classes, had, rng.At(round));
            for (int i = 0; i < had.Length; i++) had[i].Add(drawn[round][i]);
        }
        return drawn;
    }

    /// <summary>One permutation; the second half of the tries allows targets that an image had before.</summary>
    private static int[] Round(IReadOnlyList<int> classes, HashSet<int>[] had, Rng rng)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            bool repeats = attempt >= Tries / 2;
            bool Fits(int i, int target) => classes[i] != classes[target] && (repeats || !had[i].Contains(target));
            int[] order = rng.At(attempt).Permutation(classes.Count);
            if (Repair(order, Fits)) return order;
        }
        // Where half of the images are of one class, there are few: the sorted order, turned by the size of the largest class, is one.
        int[] sorted = [.. Enumerable.Range(0, classes.Count).OrderBy(i => classes[i])];
        int turn = classes.GroupBy(c => c).Max(of => of.Count());
        int[] turned = new int[sorted.Length];
        for (int k = 0; k < sorted.Length; k++) turned[sorted[k]] = sorted[(k + turn) % sorted.Length];
        return turned;
    }

    /// <summary>Exchanges targets that do not fit with others, so that both do; false where that fails.</summary>
    private static bool Repair(int[] order, Func<int, int, bool> fits)
    {
        for (int i = 0; i < order.Length; i++)
        {
            if (fits(i, order[i])) continue;
            int at = i;
            int other = Array.FindIndex(order, target => fits(at, target) && fits(Array.IndexOf(order, target), order[at]));
            if (other < 0) return false;
            (order[i], order[other]) = (order[other], order[i]);
        }
        return true;
    }
}
