using MiniGrad.Lab.Curvature;

namespace MiniGrad.Lab.Regions;

/// <summary>Which images are walked from, and towards which.</summary>
internal static class StarPairs
{
    /// <summary>
    /// The first images that the network gets right, each with targets that it gets right too, drawn from its own random numbers: of as
    /// many other classes as there are, then of the same ones again. Numbers count from the first image of the input.
    /// </summary>
    /// <exception cref="UsageException">There are too few such images.</exception>
    public static (int Source, int[] Targets)[] Choose(ProbeImages input, int[] predicted, int sources, int targets, long seed)
    {
        int[] right = [.. Enumerable.Range(0, input.Count).Where(i => predicted[i] == input.Labels[i])];
        if (right.Length < sources)
        {
            throw new UsageException($"--sources: {sources} asked for, the network gets {right.Length} of {input.Count} images right. "
                + "Ask for fewer, or raise --count.");
        }
        Rng rng = new Rng(seed).At("star targets");
        return [.. right.Take(sources).Select(source => (source, Targets(input, right, source, targets, rng)))];
    }

    private static int[] Targets(ProbeImages input, int[] right, int source, int wanted, Rng rng)
    {
        int[] others = [.. right.Where(i => input.Labels[i] != input.Labels[source])];
        if (others.Length < wanted)
        {
            throw new UsageException($"--targets: {wanted} asked for, {others.Length} images of other classes than "
                + $"{input.ClassName(input.Labels[source])} are classified right. Ask for fewer, or raise --count.");
        }
        int[] drawn = Array.ConvertAll(rng.At(input.Indices[source]).Permutation(others.Length), place => others[place]);
        // The first drawn of every class, then the second of every class, and so on.
        return [.. drawn.GroupBy(i => input.Labels[i]).SelectMany(group => group.Select((i, turn) => (Image: i, Turn: turn)))
            .OrderBy(one => one.Turn).ThenBy(one => Array.IndexOf(drawn, one.Image)).Take(wanted).Select(one => one.Image)];
    }
}
